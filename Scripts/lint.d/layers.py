"""Layers: what each module may import, by Package.swift and by the order of its layers."""

import json
import re
import subprocess
import tempfile

from tree import Finding, LintFailure, line_of

RULES = {"layers", "layers-io", "layers-ambient"}
LAYERS = ["system libraries", "words", "engines", "pipeline", "edges", "tools", "tests"]
PLATFORM = {
    "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "RegexBuilder",
    "Swift", "Synchronization", "Testing", "XCTest",
}
# Modules whose product has another name.
PRODUCT_OF_MODULE = {"GRDBSQLite": "GRDB"}
# Layers that do no I/O, and the imports that would be I/O.
PURE_LAYERS = {"words", "engines", "pipeline"}
IO_IMPORT = re.compile(
    r"GRDB|GRDBSQLite|CSQLite|CZlib|CPostgres|CLibpq|Dispatch|FoundationNetworking|AsyncHTTPClient"
    r"|Hummingbird\w*|NIO\w*|ArgumentParser")
IO_USE = re.compile(
    r"\b(?:FileManager|FileHandle|ProcessInfo|URLSession|InputStream|OutputStream|Bundle|UserDefaults)\s*[.(]"
    r"|(?<![.\w])(?:Process|Pipe)\(\)"
    r"|(?<![.\w])(?:fopen|fread|fwrite|fclose|fputs|fgets|fsync|fdatasync|mmap|opendir|readdir|popen|getenv"
    r"|setenv|print|debugPrint|dump|readLine)\("
    r"|\bGlibc\.(?:open|read|write|close|stat|rename|unlink|socket|connect|send|recv)\b"
    r"|\b(?:Data|String|NSData)\(contentsOf")
IO_USE_OF_GLIBC = re.compile(
    r"(?<![.\w])(?<!func )(?:open|read|write|close|stat|rename|unlink|socket|connect|send|recv)\(")
AMBIENT = re.compile(
    r"(?<![.\w])Date\(\)|\bDate\.now\b|\bSystemRandomNumberGenerator\(|\.random\(in:|(?<![.\w])UUID\(\)"
    r"|\b(?:clock_gettime|gettimeofday|arc4random\w*)\(")
IMPORT = re.compile(
    r"^[ \t]*(?P<words>(?:(?:@\w+(?:\([^)]*\))?|package|public|private|internal|fileprivate)[ \t]+)*)import[ \t]+"
    r"(?:(?:struct|class|enum|func|var|let|protocol|typealias)[ \t]+)?(?P<name>\w+)", re.MULTILINE)
FUNCTION = re.compile(r"\bfunc (\w+)")
LAYER_MARK = re.compile(r"^\s*// (" + "|".join(LAYERS) + r")$", re.MULTILINE)
DECLARED = re.compile(
    r'(?:\bmodule\(|\.(?:target|executableTarget|testTarget|systemLibrary)\(\s*name:)\s*"(\w+)"')


class Target:
    def __init__(self, name, folder, dependencies, is_test):
        self.name = name
        self.folder = folder
        self.dependencies = dependencies
        self.is_test = is_test
        self.layer = None
        self.position = None


def run(tree):
    if "Package.swift" not in tree.files:
        return []
    targets = read_targets(dumped_package(tree.root))
    findings = place(targets, tree.text("Package.swift"))
    findings += check_folders(tree, targets)
    findings += check_order(targets)
    for target in targets.values():
        findings += check_target(tree, target, targets)
    return findings


def dumped_package(root):
    """The package as SwiftPM reads it; `package.json` of the self-test in its place."""
    planted = root / "package.json"
    if planted.is_file():
        return json.loads(planted.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        dumped = subprocess.run(
            ["swift", "package", "--package-path", str(root), "--scratch-path", scratch, "dump-package"],
            capture_output=True, text=True,
        )
    if dumped.returncode != 0:
        raise LintFailure(f"swift package dump-package: {dumped.stderr.strip()}")
    return json.loads(dumped.stdout)


def read_targets(package):
    targets = {}
    for target in package["targets"]:
        is_test = target["type"] == "test"
        folder = target.get("path") or f"{'Tests' if is_test else 'Sources'}/{target['name']}"
        dependencies = []
        for dependency in target["dependencies"]:
            (_, value), = dependency.items()
            dependencies.append(value[0])
        is_test = is_test or folder.startswith("Tests/")
        targets[target["name"]] = Target(target["name"], folder, dependencies, is_test)
    return targets


def place(targets, text):
    """Gives every module its layer: the comment above it in Package.swift."""
    findings = []
    marks = [(match.start(), match.group(1)) for match in LAYER_MARK.finditer(text)]
    order = [LAYERS.index(name) for _, name in marks]
    if order != sorted(order) or len(set(order)) != len(order):
        findings.append(
            Finding("Package.swift", 1, "layers", "list the layers in the order " + ", ".join(LAYERS)))
    for match in DECLARED.finditer(text):
        target = targets.get(match.group(1))
        if target is None or target.is_test:
            continue
        target.position = match.start()
        above = [name for offset, name in marks if offset < match.start()]
        target.layer = above[-1] if above else None
        if target.layer is None:
            findings.append(
                Finding(
                    "Package.swift", line_of(text, match.start()), "layers",
                    f"put '{target.name}' below the comment of its layer"))
    for target in targets.values():
        if target.position is None and not target.is_test:
            findings.append(
                Finding("Package.swift", 1, "layers", f"declare '{target.name}' so that its layer shows"))
    return findings


def check_folders(tree, targets):
    folders = {target.folder for target in targets.values()}
    findings = []
    for path in tree.swift_files("Sources", "Tests"):
        folder = "/".join(path.split("/")[:2])
        if folder not in folders:
            folders.add(folder)
            findings.append(
                Finding(path, 1, "layers", f"no target of Package.swift builds {folder}: declare or remove it"))
    return findings


def check_order(targets):
    findings = []
    for target in targets.values():
        if target.is_test or target.position is None:
            continue
        for name in target.dependencies:
            other = targets.get(name)
            if other and other.position is not None and other.position > target.position:
                findings.append(
                    Finding(
                        "Package.swift", 1, "layers",
                        f"'{target.name}' depends on '{name}', which stands below it: turn it round"))
            if other and other.layer == "edges" and target.name != "hangu":
                findings.append(
                    Finding(
                        "Package.swift", 1, "layers",
                        f"'{target.name}' depends on the edge '{name}': only hangu may"))
    return findings


def check_target(tree, target, targets):
    findings = []
    imported = set()
    sources = [(path, tree.swift(path)) for path in tree.matching(".swift", under=target.folder + "/")]
    # A call of a function of the module's own, such as a pretty printer's print(_:), is no I/O.
    own = {name for _, source in sources for name in FUNCTION.findall(source.code)}
    for path, source in sources:
        names = set()
        for match in IMPORT.finditer(source.code):
            names.add(match["name"])
            line = source.line_of(match.start("name"))
            for advice in import_faults(target, match["name"], match["words"], targets):
                findings.append(Finding(path, line, "layers", advice))
        imported |= names
        if target.layer in PURE_LAYERS:
            findings += check_purity(path, source, target, "Glibc" in names, own)
    products = {PRODUCT_OF_MODULE.get(name, name) for name in imported}
    if not target.is_test:
        for name in target.dependencies:
            if name not in products:
                findings.append(
                    Finding(
                        "Package.swift", 1, "layers",
                        f"'{target.name}' declares '{name}' and never imports it: take it out"))
    return findings


def import_faults(target, name, words, targets):
    """What is wrong with one import."""
    if "@_exported" in words:
        yield "re-exports a module: let each file import what it uses"
    if "@testable" in words:
        yield "tests go through package API: take @testable away"
    if target.layer in PURE_LAYERS and IO_IMPORT.fullmatch(name):
        yield f"'{name}' is I/O, which {target.layer} do not do: declare a protocol, let an edge conform"
        return
    if name == "COpenSSL" and target.name != "FieldCrypto":
        yield "only FieldCrypto imports OpenSSL: use its API"
    if name in PLATFORM or name == target.name:
        return
    if PRODUCT_OF_MODULE.get(name, name) not in target.dependencies:
        yield f"'{target.name}' does not declare '{name}' in Package.swift: declare it or do without"
    other = targets.get(name)
    if other and other.layer == "edges" and not target.is_test and target.name not in ("hangu", name):
        yield f"only hangu knows which edge is used: '{target.name}' must do without '{name}'"


def check_purity(path, source, target, has_glibc, own):
    found = [(match, "layers-io", "does I/O, which {} do not do: let an edge do it")
             for match in IO_USE.finditer(source.code) if match.group().rstrip("(") not in own]
    if has_glibc:
        found += [(match, "layers-io", "does I/O, which {} do not do: let an edge do it")
                  for match in IO_USE_OF_GLIBC.finditer(source.code)]
    found += [(match, "layers-ambient", "takes clock, randomness or ids from the air: pass them in")
              for match in AMBIENT.finditer(source.code)]
    return [
        Finding(path, source.line_of(match.start()), rule,
                f"'{match.group().strip('.( ')}' " + advice.format(target.layer))
        for match, rule, advice in found
    ]
