"""One fault for each rule, and for each way a rule can be broken that is worth a case of its own.

A case is: the rule, the file and line where the finding must stand, and the files that are written over a clean
tree. What would be a finding in this file itself is put together from parts.
"""

CLEAN_PACKAGE = """\
let package = Package(
    targets: [
        // words
        module("Words"),
        // engines
        module("Engine", ["Words"]),
        // edges
        module("Edge", ["Words"]),
        // tools
        module("hangu", ["Edge"]),
    ]
)
"""


def target(name, dependencies=(), kind="regular"):
    return {"name": name, "type": kind, "dependencies": [{"byName": [other, None]} for other in dependencies]}


CLEAN_TARGETS = [
    target("Words"), target("Engine", ["Words"]), target("Edge", ["Words"]),
    target("hangu", ["Edge"], "executable"), target("EngineTests", ["Engine"], "test"),
]

# What stands close to a fault and is none.
CLEAN_ENGINE = '''\
import Words

/// Compares: `try!`, as! and fatalError( in a comment are no code.
struct Comparison {
    let text = "try! as! x! fatalError( Task { \\(1 != 2 ? "a" : "b")"
    let raw = #"a "quoted" try! \\#(1)"#
    let long = """
        try! "text" as! T
        """
    func isEqual(_ left: Int, _ right: Int) -> Bool { left != right && !(left == right) }
    func half(_ x: Int) -> Int { x / 2 + x / 3 }
    func digits(_ x: String) -> Bool { x.wholeMatch(of: /[0-9"!]+/) != nil }
    func open(_ x: Int) throws { do { try check(x) } catch { throw Fault.bad } }
}
'''

CLEAN_WORD = """\
struct Word {
    func print(_ x: Int) -> Int { x }
    func both(_ x: Int) -> Int { print(x) }
}
"""

CLEAN = {
    "Package.swift": CLEAN_PACKAGE,
    "Sources/Words/Word.swift": CLEAN_WORD,
    "Sources/Engine/Comparison.swift": CLEAN_ENGINE,
    "Sources/Edge/Door.swift": "import Foundation\nimport Words\n\nlet files = FileManager.default\n",
    "Sources/hangu/Start.swift": "import Edge\n",
    "Tests/EngineTests/ComparisonTests.swift": "import Engine\nimport Testing\n\n@Test func a() { #expect(1 == 1) }\n",
    "README.md": "# Read me\n\n[Here](#read-me), [there](Docs/Place.md#a-place).\n",
    "Docs/Place.md": "# A place\n\n[Back](../README.md)\n",
    "Policies/a.yaml": "a:\n  - b\n",
}

ENGINE = "Sources/Engine/Fault.swift"
TEST = "Tests/EngineTests/FaultTests.swift"
HEX = "00112233445566778899aabbccddeeff" * 2
BASE64 = "A" * 43 + "="


def engine(rule, line, text):
    return rule, ENGINE, line, {ENGINE: text}


def package(targets, text=CLEAN_PACKAGE):
    return {"Package.swift": text, "package.json": targets}


LAYERS = [
    engine("layers", 2, "import Words\nimport Edge\n"),
    engine("layers", 1, "internal import COpenSSL\n"),
    engine("layers", 1, "package import GRDB\n"),
    engine("layers", 1, "@_exported import Words\n"),
    ("layers", TEST, 1, {TEST: "@testable import Engine\n"}),
    ("layers", TEST, 1, {TEST: "import Words\n"}),
    ("layers", "Sources/Stray/A.swift", 1, {"Sources/Stray/A.swift": "struct A {}\n"}),
    ("layers", "Package.swift", 1, package([target("Words", ["Engine"])] + CLEAN_TARGETS[1:])),
    ("layers", "Package.swift", 1, package(
        CLEAN_TARGETS[:1] + [target("Engine", ["Words", "Other"])] + CLEAN_TARGETS[2:])),
    ("layers", "Package.swift", 1, package(CLEAN_TARGETS, CLEAN_PACKAGE.replace("// words", "// tools"))),
    engine("layers-io", 3, "import Foundation\n\nlet a = FileManager.default\n"),
    engine("layers-io", 2, "import Glibc\nlet a = open(path, 0)\n"),
    engine("layers-io", 1, 'func a() { print("x") }\n'),
    engine("layers-ambient", 2, "import Foundation\nlet a = Date()\n"),
]
CONSTRUCTS = [
    engine("try-question", 1, "let a = try" "? b()\n"),
    engine("try-force", 1, "let a = try" "! b()\n"),
    engine("cast-force", 2, "\nlet a = b as" "! C\n"),
    engine("force-unwrap", 1, "let a = b[0]! + 1\n"),
    engine("force-unwrap", 1, "var a: Int!\n"),
    engine("force-unwrap", 1, 'let a = "\\(b!)"\n'),
    engine("fatal-error", 1, "func a() { fatalError" '("b") }\n'),
    engine("unchecked-sendable", 1, "final class A: @unchecked " "Sendable {}\n"),
    engine("unsafe-isolation", 1, "nonisolated" "(unsafe) var a = 1\n"),
    engine("unstructured-task", 1, "func a() { Task " "{ b() } }\n"),
    engine("unstructured-task", 1, "func a() { Task.detached" "(priority: .low) { b() } }\n"),
    engine("silent-catch", 1, "func a() { do { try b() } catch {} }\n"),
    engine("unfinished", 1, "// TO" "DO: more\n"),
    engine("unfinished", 1, 'throw Fault("not yet imple' 'mented")\n'),
    engine("commented-out-code", 2, "let a = 1\n// let b = a + 1\n"),
    ("vague-name", "Sources/Engine/StringUtils.swift", 1, {"Sources/Engine/StringUtils.swift": "let a = 1\n"}),
    engine("vague-name", 1, "struct KeyManager {}\n"),
    engine("module-name", 1, "package enum Words {}\n"),
    ("test-sleep", TEST, 2, {TEST: "import Engine\nfunc a() async { Task.sleep(1) }\n"}),
    ("no-assertion", TEST, 3, {TEST: "import Testing\n\n@Test func a() {}\n"}),
]

LENGTHS = [
    engine("file-length", 501, "let a = 1\n" * 501),
    engine("function-length", 2, "\nfunc a() {\n" + "    b()\n" * 69 + "}\n"),
    engine("function-length", 1, "var a: Int {\n" + "    b()\n" * 69 + "}\n"),
    ("function-length", TEST, 1, {TEST: "init(_ a: () -> Void = {}) {\n" + "    b()\n" * 69 + "}\n"}),
]

SECRETS = [
    ("tracked-file", "Keys/root.key", 1, {"Keys/root.key": "x"}),
    ("tracked-file", "a/town.sqlite", 1, {"a/town.sqlite": "x"}),
    ("tracked-file", "Package.resolved", 1, {"Package.resolved": "{}\n"}),
    ("tracked-file", "a.bin", 1, {"a.bin": "SQLite format 3" "\0abc"}),
    ("key-bytes", "a.txt", 2, {"a.txt": "\n-----BEGIN PRIVATE " "KEY-----\n"}),
    ("key-bytes", "a.txt", 1, {"a.txt": "PRIVATE" "+KEY+log+0a1b2c3d+AAAA\n"}),
    ("key-bytes", "a.yaml", 1, {"a.yaml": f"root_key: {HEX}\n"}),
    ("key-bytes", "a.json", 1, {"a.json": f'{{"seed": "{BASE64}"}}\n'}),
    engine("key-bytes", 2, f'let signingSeed =\n    "{HEX}"\n'),
    engine("key-bytes", 1, "let rootKey: [UInt8] = [" + "0x1f, " * 32 + "]\n"),
]

DOCUMENTS = [
    ("tab", "Policies/a.yaml", 2, {"Policies/a.yaml": "a:\n\tb: 1\n"}),
    ("trailing-space", "Policies/b.cedar", 1, {"Policies/b.cedar": "permit (principal, action, resource); \n"}),
    ("dead-link", "README.md", 1, {"README.md": "[a](Docs/Absent.md)\n"}),
    ("dead-link", "README.md", 1, {"README.md": "[a](Docs/Place.md#elsewhere)\n"}),
    ("machine-path", "a.sh", 2, {"a.sh": "\nls /ro" "ot/x\n"}),
    ("machine-path", "a.md", 1, {"a.md": "in `/wo" "rk/main`\n"}),
    ("machine-path", "a.md", 1, {"a.md": "in /home/" "ann/hangu\n"}),
    ("strange-word", "a.md", 1, {"a.md": "found by a sub-" "agent\n"}),
    ("conflict-mark", "a.md", 1, {"a.md": "<" * 7 + " HEAD\n"}),
]

LIST = "Scripts/lint.d/allowed.txt"
ALLOWANCES = [
    ("allowed", LIST, 1, {LIST: "unsafe-isolation\n"}),
    ("allowed", LIST, 2, {LIST: f"\nunsafe-isolation {ENGINE} 1 for a reason\n"}),
    # Allowed once, there twice.
    ("unsafe-isolation", ENGINE, 3, {
        LIST: f"unsafe-isolation {ENGINE} 1 for a reason\n",
        ENGINE: "// For a reason.\nnonisolated" "(unsafe) var a = 1\nnonisolated" "(unsafe) var b = 1\n"}),
    # Allowed, and no comment beside it.
    ("unsafe-isolation", ENGINE, 1, {
        LIST: f"unsafe-isolation {ENGINE} 1 for a reason\n", ENGINE: "nonisolated" "(unsafe) var a = 1\n"}),
]

CASES = LAYERS + CONSTRUCTS + LENGTHS + SECRETS + DOCUMENTS + ALLOWANCES
FORMAT_CASE = ("format", ENGINE, 1, {ENGINE: "let  a=1\n", ".swift-format": '{"version": 1}\n'})
