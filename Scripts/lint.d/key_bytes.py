"""Secrets and build products that must never be tracked."""

import re

from tree import Finding, line_of

RULES = {"tracked-file", "key-bytes"}
# A name that speaks of a secret, then 32 bytes in hexadecimal, base64 or a list.
SECRET_NAME = r"(?P<name>\b\w*(?:key|seed|secret|kek|passphrase|password|token)\w*\b)"
BYTES = [
    re.compile(
        SECRET_NAME + r"[^\w\n]{0,12}\s{0,40}[^\w\n]{0,4}(?:\w+\(\w*:?\s?)?[\"']?"
        r"(?P<bytes>\b[0-9a-fA-F]{64}\b|[A-Za-z0-9+/]{43}=)", re.IGNORECASE),
    re.compile(
        SECRET_NAME + r"[^\n=({]{0,40}[=({:]?\s{0,40}\[?(?P<bytes>(?:\s*0x[0-9a-f]{1,2}\s*,){31})", re.IGNORECASE),
]
# Names of what is public, or of a digest.
PUBLIC_NAME = re.compile(r"public|verif|vkey|keyid|digest|hash|commitment|fingerprint", re.IGNORECASE)
MARKS = [
    (re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE " r"KEY-----"), "a PEM private key"),
    (re.compile(r"\bPRIVATE\+KEY\+[\w.+/-]+\+[0-9a-f]{8}\+"), "a note signer's private key"),
    (re.compile(r"\bAGE-SECRET-KEY-1[0-9A-Z]{20,}"), "an age private key"),
]
DATABASE = b"SQLite format 3\0"
PATHS = re.compile(
    r"(?:^|/)(?:\.build|\.swiftpm|\.venv|__pycache__|\.DS_Store|Package\.resolved)(?:/|$)"
    r"|\.(?:key|pem|p12|pfx|jks|sqlite3?|db|pyc)(?:-wal|-shm|-journal)?$|\.(?:xcodeproj)(?:/|$)")


def run(tree):
    findings = []
    for path in tree.files:
        if match := PATHS.search(path):
            findings.append(
                Finding(path, 1, "tracked-file",
                        f"'{match.group().strip('/')}' is a key, a database or a build product: git rm --cached it"))
        if DATABASE in tree.bytes(path)[:100]:
            findings.append(
                Finding(path, 1, "tracked-file", "is an SQLite database: make it in the test that needs it"))
        text = tree.text(path)
        if text is None:
            continue
        for pattern, what in MARKS:
            for match in pattern.finditer(text):
                findings.append(
                    Finding(path, line_of(text, match.start()), "key-bytes",
                            f"{what}: remove it, and replace the key wherever it was used"))
        for match in (match for pattern in BYTES for match in pattern.finditer(text)):
            if not PUBLIC_NAME.search(match["name"]):
                findings.append(
                    Finding(path, line_of(text, match.start("bytes")), "key-bytes",
                            f"32 bytes named '{match['name']}': remove them; a published vector goes into "
                            "allowed.txt with its source"))
    return findings
