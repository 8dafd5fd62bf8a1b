"""`swift format lint --strict`, with the configuration of the checkout."""

import re
import subprocess

from tree import Finding, LintFailure

RULES = {"format"}
MESSAGE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?:error|warning): (?P<text>.*)$")
# Rules that the formatter reports and does not mend.
BY_HAND = re.compile(r"\[(?:\w*Documentation\w*|Never\w+|NoLeadingUnderscores|LineLength)\]")


def run(tree):
    paths = [name for name in ("Sources", "Tests", "Package.swift")
             if any(path == name or path.startswith(name + "/") and path.endswith(".swift") for path in tree.files)]
    if not paths:
        return []
    if ".swift-format" not in tree.files:
        return [Finding(".swift-format", 1, "format", "is absent: the formatter's rules stand there")]
    try:
        linted = subprocess.run(
            ["swift", "format", "lint", "--strict", "--recursive", "--parallel", "--configuration", ".swift-format",
             *paths], cwd=tree.root, capture_output=True, text=True)
    except FileNotFoundError:
        raise LintFailure("swift is not on PATH; Scripts/setup says how to get it") from None
    findings = []
    for line in (linted.stderr + linted.stdout).splitlines():
        if match := MESSAGE.match(line):
            path = match["path"].removeprefix(str(tree.root) + "/")
            text = match["text"]
            advice = "" if BY_HAND.search(text) else f"; `swift format -i {path}` mends most of these"
            findings.append(Finding(path, int(match["line"]), "format", text + advice))
    if linted.returncode != 0 and not findings:
        raise LintFailure(f"swift format lint: {linted.stderr.strip()}")
    return findings
