#!/usr/bin/env python3
"""Checks the receipt of a consent with nothing of ours.

  ./verify_consent_receipt.py C-0123456789abcdef.json --log LOG.vkey [--policy WITNESSES] [--code HANGU:1:...]

LOG.vkey is the log's public key: take it from somewhere else than the receipt. With WITNESSES, a C2SP tlog-policy file,
a quorum must have cosigned. --code is what the printed page's code says.

It checks that the note signs the digest of everything else in the file, that the entry is in the signed log, that the
details are what its leaf commits to, that the record is the one whose digest the entry has, and that what the resident
reads follows from the record. It prints what it checked and ends with 0, or prints `refused: ...` and ends with 1.

Needs Python 3.9 and pyca/cryptography for Ed25519. A second signature, by an SM2 key, is passed over.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from transparency import Log, Policy, Refused, opened, require, signers

FORMAT = "hangu/consent-receipt/1"
CONSENT_CHANGE = 3
# What the content says, and where the record has it.
DERIVED = {
    "record_id": "id", "record_version": "version", "event_state": "state", "event_time": "recordedAt",
    "purpose": "purpose", "recipient": "recipient", "pii_attributes": "items", "valid_from": "from",
    "valid_until": "until", "collection_method": "channel", "given_by": "giver", "language": "language",
    "notice_version": "textVersion", "frequency": "frequency", "retention_days": "dataLifeDays",
    "evidence": "evidence",
}


def canonical(value):
    """RFC 8785 for what a receipt holds: texts, whole numbers and names in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check(receipt, log):
    require(receipt["format"] == FORMAT, f"not {FORMAT}")
    body = {name: value for name, value in receipt.items() if name != "note"}
    digest = hashlib.sha256(canonical(body)).digest()
    text, signed = signers(receipt["note"], [log.key])
    require(log.key.name + log.key.id.hex() in signed, "the log's key did not sign the receipt")
    require(text == f"{FORMAT}\n{digest.hex()}\n", "the receipt was changed after it was signed")
    entry, record, content = receipt["entry"], receipt["record"], receipt["receipt"]
    leaf = bytes.fromhex(entry["leaf"])
    require(len(leaf) == 112 and leaf[1] == CONSENT_CHANGE, "the entry is not about a consent")
    log.check_inclusion(entry["proof"], entry["index"], leaf)
    opened(entry["operational"], leaf[16:48])
    subject = opened(entry["subject"], leaf[48:80])
    require(
        subject["record"] == hashlib.sha256(canonical(record)).hexdigest(),
        "the record is not the one that the log has")
    for name, source in DERIVED.items():
        require(content.get(name) == record.get(source), f"the content's '{name}' is not what the record says")
    return "HANGU:1:" + base64.b32encode(digest[:20]).decode()


def main():
    parser = argparse.ArgumentParser(description="Checks the receipt of a consent.")
    parser.add_argument("file")
    parser.add_argument("--log", required=True, help="the log's vkey file, from somewhere else")
    parser.add_argument("--policy", help="a tlog-policy file: a quorum must have cosigned")
    parser.add_argument("--code", help="what the printed page's code says")
    arguments = parser.parse_args()
    try:
        policy = Policy(arguments.policy) if arguments.policy else None
        receipt = json.loads(Path(arguments.file).read_text(encoding="utf-8"))
        code = check(receipt, Log(Path(arguments.log).read_text(), policy))
        require(arguments.code in (None, code), "the code is that of another receipt")
        content = receipt["receipt"]
        print(f"entry {receipt['entry']['index']}: {content['record_id']} version {content['record_version']}, "
              f"{content['event_state']}: {content['recipient']} for {content['purpose']} until {content['valid_until']}")
        print(f"genuine: signed by {arguments.log}, in the signed log, and what the log commits to; code {code}")
    except (Refused, KeyError, ValueError, IndexError, TypeError, AttributeError, OSError) as error:
        print(f"refused: {error}", file=sys.stderr)
        sys.exit(1)


main()
