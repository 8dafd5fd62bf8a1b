"""Constructs that Sources do without, names, commented-out code, and tests that could not fail."""

import re

from tree import Finding

# Rule, pattern over code without comments and strings, what to do.
FORBIDDEN = [
    ("try-question", r"\btry\?", "throws the reason away: catch the error and map it"),
    ("try-force", r"\btry!", "can stop the program: catch the error and map it"),
    ("cast-force", r"\bas!", "can stop the program: use as? and say what was expected"),
    ("force-unwrap", r"(?<!\btry)(?<!\bas)(?<=[\w)\]}>?\"'`])!(?![=\w])", "can stop the program: use guard let"),
    ("fatal-error", r"(?<![.\w])fatalError\(", "throw, or for a programmer's error use precondition with a message"),
    ("unchecked-sendable", r"@unchecked\s+Sendable", "needs a reason beside it and a line in allowed.txt"),
    ("unsafe-isolation", r"\bnonisolated\(unsafe\)", "needs a reason beside it and a line in allowed.txt"),
    ("unstructured-task", r"(?<![.\w])Task(?:\s*<[^>\n]*>)?(?:\.detached)?\s*(?:\([^)\n]*\))?\s*\{",
     "use a task group; else it needs a reason beside it and a line in allowed.txt"),
]
FORBIDDEN = [(rule, re.compile(pattern), advice) for rule, pattern, advice in FORBIDDEN]
RULES = {rule for rule, _, _ in FORBIDDEN} | {
    "silent-catch", "unfinished", "commented-out-code", "vague-name", "module-name", "test-sleep", "no-assertion",
}
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b|\bnot (?:yet )?imple" r"mented\b", re.IGNORECASE)
UNFINISHED_ADVICE = "finish it, or name the gap as `Gap: …` and in Docs/KnownGaps.md"
DEAD_CODE = re.compile(
    r"\s*(?:import \w+|(?:let|var) \w+(?:: [\w\[\]<>?.: ]+)? = .+|(?:private |package |public |static )*func \w+.*"
    r"|(?:if|guard|for|while|switch) .+\{|return [\w.]+\(.*\)|\w[\w.]*\([\w.,: \"]*\)|\}|\} else \{)\s*")
VAGUE = {"Util", "Utils", "Utilities", "Helper", "Helpers", "Manager", "Managers", "Common"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
TYPE = re.compile(r"(?<![.\w])(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)")
SLEEP = re.compile(r"\b(?:Task|Thread)\.sleep\b|(?<![.\w])(?:u|nano)?sleep\(")
TEST = re.compile(r"@Test\b")
ASSERTION = re.compile(r"#expect\b|#require\b|\bIssue\.record\b|\bconfirmation\(")
SILENT_CATCH = re.compile(r"\bcatch\b[^{\n]*\{\s*\}")


def run(tree):
    findings = []
    sources = tree.swift_files("Sources")
    modules = {path.split("/")[1] for path in sources}
    for path in sources:
        findings += forbidden(path, tree.swift(path))
        findings += type_names(path, tree.swift(path), modules)
    tests = tree.swift_files("Tests")
    for path in sources + tests:
        findings += dead_code(path, tree.swift(path))
        findings += file_name(path)
    for path in sources + tests + [p for p in tree.files if p.startswith(("Scripts/", "Policies/", ".ci/"))]:
        findings += unfinished(path, tree.text(path) or "")
    for path in tests:
        findings += weak_tests(path, tree.swift(path))
    return findings


def forbidden(path, source):
    for rule, pattern, advice in FORBIDDEN:
        for match in pattern.finditer(source.code):
            shown = source.text[match.start():match.end()].split("\n")[0].strip()
            yield Finding(path, source.line_of(match.start()), rule, f"'{shown}' {advice}")
    for match in SILENT_CATCH.finditer(source.code):
        if source.text[match.start():match.end()] == match.group():
            yield Finding(
                path, source.line_of(match.start()), "silent-catch",
                "drops an error without a word: map it, or say why in a comment")


def unfinished(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if match := UNFINISHED.search(line):
            yield Finding(path, number, "unfinished", f"'{match.group()}': {UNFINISHED_ADVICE}")


def dead_code(path, source):
    for start, comment in source.comments:
        if comment.startswith("//") and not comment.startswith("///") and DEAD_CODE.fullmatch(comment[2:]):
            yield Finding(
                path, source.line_of(start), "commented-out-code", "take it out: git keeps what was")


def vague(name):
    return next((word for word in WORD.findall(name) if word[:1].upper() + word[1:] in VAGUE), None)


def file_name(path):
    for part in path.split("/")[1:]:
        if word := vague(part.split(".")[0]):
            yield Finding(path, 1, "vague-name", f"'{word}' says nothing: name the file for what it does")
            return


def type_names(path, source, modules):
    for match in TYPE.finditer(source.code):
        name, line = match.group(1), source.line_of(match.start())
        if word := vague(name):
            yield Finding(path, line, "vague-name", f"'{word}' in '{name}' says nothing: name the type for its role")
        if name in modules:
            yield Finding(
                path, line, "module-name", f"'{name}' is a module too, so {name}.Other would break: rename the type")


def weak_tests(path, source):
    for match in SLEEP.finditer(source.code):
        yield Finding(path, source.line_of(match.start()), "test-sleep", "tests do not sleep: pass in a clock")
    starts = [match.start() for match in TEST.finditer(source.code)]
    if starts and not ASSERTION.search(source.code):
        yield Finding(path, source.line_of(starts[0]), "no-assertion", "no #expect in the file: it cannot fail")
