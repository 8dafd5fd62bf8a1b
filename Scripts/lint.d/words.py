"""Paths of one machine, and words that speak of something else than the project."""

import re

from tree import Finding

RULES = {"machine-path", "strange-word", "conflict-mark"}
# Put together from parts, so that this file is no finding.
FOLDERS = ["wo" "rk", "ro" "ot", "tm" "p", "home" "/\\w+", "Use" "rs/\\w+", "opt" "/swift[\\w-]*"]
MACHINE = re.compile(r"(?<![\w.~/\\-])/(?:" + "|".join(FOLDERS) + r")/")
STRANGE = re.compile(
    r"\b(?:sub-?age" r"nts?|work" r"trees?|as an A" r"I|lang" r"uage models?|AI assist" r"ants?"
    r"|the (?:lead|brief)\b(?! of)|lorem ip" r"sum|as discus" r"sed|chat trans" r"cript)\b", re.IGNORECASE)
CONFLICT = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)


def run(tree):
    findings = []
    for path in tree.files:
        text = tree.text(path)
        if text is None:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if match := MACHINE.search(line):
                findings.append(
                    Finding(path, number, "machine-path",
                            f"'{match.group()}' is a path of one machine: name it relative to the checkout, "
                            "find tools on PATH, make temporary folders with mktemp"))
            if match := STRANGE.search(line):
                findings.append(
                    Finding(path, number, "strange-word",
                            f"'{match.group()}' does not belong here: speak of the project alone"))
            if CONFLICT.match(line):
                findings.append(
                    Finding(path, number, "conflict-mark", "an unfinished merge: resolve it"))
    return findings
