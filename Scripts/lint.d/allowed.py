"""What is allowed against a rule: `allowed.txt`, one line for each file and rule, with how often and why.

An allowance that is used less often than it says is a finding of its own, so the list only shrinks by itself.
In Swift the reason must also stand in a comment beside the code.
"""

import collections
import re

from tree import Finding

RULES = {"allowed"}
LIST = "Scripts/lint.d/allowed.txt"
LINE = re.compile(r"(?P<rule>[a-z-]+)\s+(?P<path>\S+)\s+(?P<count>\d+)\s+(?P<why>\S.*)")
# How many lines above the code a comment still counts as beside it.
COMMENT_DISTANCE = 6


class AllowList:
    def __init__(self, tree):
        self.tree = tree
        self.allowances = {}
        self.faults = []
        if LIST not in tree.files:
            return
        for number, line in enumerate((tree.text(LIST) or "").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = LINE.fullmatch(line.strip())
            if not match:
                self.faults.append(
                    Finding(LIST, number, "allowed", "write: rule, path, how often, why"))
                continue
            self.allowances[match["rule"], match["path"]] = (int(match["count"]), number)

    def filtered(self, findings):
        used = collections.Counter()
        kept = list(self.faults)
        for finding in findings:
            key = (finding.rule, finding.path)
            if key not in self.allowances:
                kept.append(finding)
                continue
            used[key] += 1
            if used[key] > self.allowances[key][0]:
                kept.append(finding)
            elif finding.path.endswith(".swift") and not self._has_comment(finding):
                kept.append(
                    Finding(
                        finding.path, finding.line, finding.rule,
                        "is allowed, but its reason must stand in a comment beside it"))
        for key, (count, number) in self.allowances.items():
            if used[key] < count:
                kept.append(
                    Finding(
                        LIST, number, "allowed",
                        f"{key[0]} stands {used[key]} times in {key[1]}, not {count}: correct the line"))
        return kept

    def _has_comment(self, finding):
        source = self.tree.swift(finding.path)
        nearest = range(finding.line - COMMENT_DISTANCE, finding.line + 1)
        return any(
            source.line_of(start + len(comment) - 1) in nearest for start, comment in source.comments)
