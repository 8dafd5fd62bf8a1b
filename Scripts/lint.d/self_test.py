"""Plants one fault for each rule in a temporary checkout, and expects it to be found where it stands."""

import json
import pathlib
import shutil
import tempfile

import allowed
import constructs
import documents
import formatting
import key_bytes
import layers
import lengths
import planted
import words

RULES = set().union(*(
    check.RULES for check in (allowed, constructs, documents, formatting, key_bytes, layers, lengths, words)))


def run(lint):
    """Runs every case with `lint(root, with_format)`.

    Returns how many faults were found, and a line for each that was not.
    """
    missed = []
    cases = list(planted.CASES)
    if shutil.which("swift"):
        cases.append(planted.FORMAT_CASE)
    for finding in found_in(lint, planted.CLEAN):
        missed.append(f"the clean tree has a finding: {finding}")
    for rule, path, line, files in cases:
        findings = found_in(lint, planted.CLEAN | files, rule == "format")
        if not any((f.rule, f.path, f.line, f.is_warning) == (rule, path, line, False) for f in findings):
            shown = "; ".join(map(str, findings)) or "nothing"
            missed.append(f"'{rule}' was planted in {path}:{line}, found: {shown}")
        missed += [f"'{f.rule}' is not listed in RULES" for f in findings if f.rule not in RULES]
    for rule in sorted(RULES - {case[0] for case in cases} - {"format"}):
        missed.append(f"'{rule}' has no planted fault")
    return len(cases), missed


def found_in(lint, files, with_format=False):
    """Writes a checkout into a temporary folder and lints it."""
    files = {"package.json": planted.CLEAN_TARGETS} | files
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps({"targets": content}) if path == "package.json" else content)
        return lint(root, with_format)[0]
