"""Length of files and functions."""

import re

from tree import Finding

RULES = {"file-length", "function-length"}
FILE_LINES_MAX = 500
FILE_LINES_WARN = 300
FUNCTION_LINES_MAX = 70
DECLARATION = re.compile(r"(?<![.\w`])(?:func|init(?=[?!]?[(<])|deinit|subscript|var)(?![\w`])")
STEP = re.compile(
    r"[{}()\[\]=]|(?<![.\w`@])(?:func|init(?=[?!]?[(<])|deinit|subscript|var|let|struct|class|enum|extension"
    r"|protocol|actor|import|typealias|associatedtype)(?![\w`])")


def run(tree):
    findings = []
    scripts = [
        path for path in tree.files
        if path.endswith((".py", ".sh", ".go")) or path.startswith((".ci/", "Scripts/")) and "." not in path[1:]
    ]
    for path in tree.matching(".swift") + scripts:
        lines = (tree.text(path) or "").count("\n")
        if lines > FILE_LINES_MAX:
            findings.append(
                Finding(path, FILE_LINES_MAX + 1, "file-length",
                        f"{lines} lines, at most {FILE_LINES_MAX}: split it, one type or step a file"))
        elif lines > FILE_LINES_WARN:
            findings.append(
                Finding(path, FILE_LINES_WARN + 1, "file-length",
                        f"{lines} lines: split by {FILE_LINES_WARN}", is_warning=True))
    for path in tree.swift_files("Sources", "Tests") + tree.matching("Package.swift"):
        findings += long_functions(path, tree.swift(path))
    return findings


def long_functions(path, source):
    closing = matching_braces(source.code)
    for match in DECLARATION.finditer(source.code):
        start = body_start(source.code, match)
        if start is None or start not in closing:
            continue
        first = source.line_of(match.start())
        lines = source.line_of(closing[start]) - first + 1
        if lines > FUNCTION_LINES_MAX:
            yield Finding(
                path, first, "function-length",
                f"{lines} lines, at most {FUNCTION_LINES_MAX}: name its steps and split it")


def matching_braces(code):
    closing, opened = {}, []
    for match in re.finditer(r"[{}]", code):
        if match.group() == "{":
            opened.append(match.start())
        elif opened:
            closing[opened.pop()] = match.start()
    return closing


def body_start(code, declaration):
    """Where the body of a declaration opens; None where it has none, as in a protocol."""
    depth = 0
    is_variable = declaration.group() == "var"
    for step in STEP.finditer(code, declaration.end()):
        token = step.group()
        if token in "([":
            depth += 1
        elif token in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif depth > 0:
            continue
        elif token == "{":
            return step.start()
        elif token == "=":
            # An operator function or a generic requirement goes on; a stored property ends here.
            if is_variable:
                return None
        else:
            return None
    return None
