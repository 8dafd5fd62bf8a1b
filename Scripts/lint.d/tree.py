"""The files under check, and what a finding is."""

import dataclasses
import functools
import os
import subprocess

import swift_source

# Folders that are never walked where there is no git to ask.
UNTRACKED_FOLDERS = {".git", ".build", ".swiftpm", ".venv", "__pycache__"}


class LintFailure(Exception):
    """The lint itself could not run."""


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    advice: str
    is_warning: bool = False

    def __str__(self):
        text = f"{self.path}:{self.line}: {self.rule}: {self.advice}"
        return f"warning: {text}" if self.is_warning else text


class Tree:
    """A checkout: every tracked file, and every new one that .gitignore lets in."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(path for path in self._listed() if (root / path).is_file())

    def _listed(self):
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=self.root, capture_output=True, text=True,
            )
            if listed.returncode != 0:
                raise LintFailure(f"git ls-files: {listed.stderr.strip()}")
            return {path for path in listed.stdout.split("\0") if path}
        found = set()
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in UNTRACKED_FOLDERS]
            for name in names:
                found.add(os.path.relpath(os.path.join(folder, name), self.root))
        return found

    @functools.lru_cache(maxsize=None)
    def bytes(self, path):
        return (self.root / path).read_bytes()

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """The file's text, or None where it is not UTF-8."""
        try:
            return self.bytes(path).decode()
        except UnicodeDecodeError:
            return None

    @functools.lru_cache(maxsize=None)
    def swift(self, path):
        """A Swift file, taken apart into code and comments."""
        return swift_source.SwiftSource(self.text(path) or "")

    def matching(self, *suffixes, under=""):
        return [path for path in self.files if path.startswith(under) and path.endswith(suffixes)]

    def swift_files(self, *folders):
        return [path for folder in folders for path in self.matching(".swift", under=folder + "/")]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
