"""YAML, Cedar and Markdown: no tabs, and links that lead somewhere."""

import posixpath
import re
import urllib.parse

from tree import Finding

RULES = {"tab", "trailing-space", "dead-link"}
TABLESS = (".yaml", ".yml", ".cedar", ".cedarschema", ".swift", ".py")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(?P<target>\S+)", re.MULTILINE)
FENCE = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def run(tree):
    findings = []
    for path in tree.matching(*TABLESS):
        for number, line in enumerate((tree.text(path) or "").split("\n"), 1):
            if "\t" in line:
                findings.append(Finding(path, number, "tab", "has a tab: use spaces"))
            if line != line.rstrip():
                findings.append(Finding(path, number, "trailing-space", "ends in blanks: take them away"))
    for path in tree.matching(".md"):
        findings += dead_links(tree, path)
    return findings


def blanked(pattern, text):
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def dead_links(tree, path):
    text = blanked(FENCE, tree.text(path) or "")
    without_code = blanked(CODE, text)
    for pattern in (LINK, REFERENCE):
        for match in pattern.finditer(without_code):
            fault = link_fault(tree, path, match["target"])
            if fault:
                line = text.count("\n", 0, match.start()) + 1
                yield Finding(path, line, "dead-link", f"'{match['target']}' {fault}")


def link_fault(tree, path, target):
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return None
    place, _, anchor = urllib.parse.unquote(target).partition("#")
    linked = path
    if place:
        linked = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
        is_folder = any(name.startswith(linked + "/") for name in tree.files)
        if linked.startswith("../") or place.startswith("/"):
            return "leads out of the repository: link what we have"
        if linked not in tree.files and not is_folder and linked != ".":
            return "is not there: correct the link"
    if anchor and linked.endswith(".md") and anchor not in anchors(tree.text(linked) or ""):
        return f"has no heading for '#{anchor}': correct the link"
    return None


def anchors(text):
    """The anchors of a page's headings, as forges make them."""
    seen = {}
    for match in HEADING.finditer(blanked(FENCE, text)):
        name = NOT_IN_ANCHOR.sub("", match.group(1).replace("`", "").lower()).replace(" ", "-")
        count = seen.get(name, 0)
        seen[name] = count + 1
        yield f"{name}-{count}" if count else name
