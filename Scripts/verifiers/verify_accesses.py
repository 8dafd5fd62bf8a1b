#!/usr/bin/env python3
"""Checks what a resident was given about who looked at them, with nothing of ours.

  ./verify_accesses.py DIR --log LOG.vkey [--policy WITNESSES]

DIR is a folder that `hangu resident accesses --proofs DIR` wrote; only its `accesses.json` is read. LOG.vkey is the
log's public key: take it from somewhere else than DIR. WITNESSES is a C2SP tlog-policy file; with it, a quorum of
witnesses must have cosigned.

It checks that each entry is in the signed log, that what is told of it is what its leaf commits to, that each entry
follows the one before, and that their number and last chain value are those of the map whose root is in the log. It
prints what it checked and ends with 0, or prints `refused: ...` and ends with 1.

Needs Python 3.9 and pyca/cryptography for Ed25519.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from transparency import DECISION, MAP_ROOT, ZERO, Log, Policy, Refused, opened, require, unbase64


def map_value(text, key_expected=None):
    """Key, held entry (or None) and root that a map proof leads to."""
    lines = iter(text.split("\n")[:-1])
    require(next(lines) == "hangu/map-proof/1", "not a map proof")
    key = unbase64(next(lines).removeprefix("key "), 32)
    words = next(lines).split(" ")
    end, value = None, ZERO
    if words != ["empty"]:
        require(words[0] == "entry", "the map proof has no entry")
        end = unbase64(words[1], 32), int(words[2]), unbase64(words[3], 32)
        value = hashlib.sha256(b"\x00" + end[0] + end[1].to_bytes(8, "big") + end[2]).digest()
    count = int(next(lines).removeprefix("siblings "))
    siblings = []
    for line in lines:
        if line.startswith("zero "):
            siblings += [ZERO] * int(line.removeprefix("zero "))
        else:
            siblings.append(unbase64(line, 32))
    require(len(siblings) == count <= 256, "the map proof has another number of siblings")

    def bit(data, depth):
        return data[depth // 8] >> (7 - depth % 8) & 1

    if end:
        require(all(bit(end[0], d) == bit(key, d) for d in range(count)), "the map's entry is elsewhere")
    for depth in range(count - 1, -1, -1):
        pair = siblings[depth] + value if bit(key, depth) else value + siblings[depth]
        value = hashlib.sha256(b"\x01" + pair).digest()
    return key, end if end and end[0] == key else None, value


def check(folder, log):
    package = json.loads((Path(folder) / "accesses.json").read_text())
    require(package["format"] == "hangu/accesses/1", "not hangu/accesses/1")
    chain = bytes.fromhex(package["chainStart"]) if "chainStart" in package else None
    root_index = package["map"]["root"]["index"] if "map" in package else 0
    covered, covered_chain, withheld, before = 0, None, 0, -1
    for entry in package["entries"]:
        index, leaf = entry["index"], bytes.fromhex(entry["leaf"])
        require(index > before and len(leaf) == 112, "the entries are not in order, or not leaves")
        before = index
        log.check_inclusion(entry["proof"], index, leaf)
        subject = leaf[48:80]
        require(subject != ZERO, f"entry {index} is about nobody")
        if chain is not None:
            require(
                hashlib.sha256(chain + subject).digest() == leaf[80:112],
                f"entry {index} does not follow the one before: something is missing")
        chain = leaf[80:112]
        if index < root_index:
            covered, covered_chain = covered + 1, chain
        if "withheld" in entry:
            withheld += 1
            print(f"entry {index}: withheld under {entry['withheld']['article']} "
                  f"until {entry['withheld']['visibleFrom']}")
            continue
        operational = opened(entry["operational"], leaf[16:48])
        if "subject" in entry:
            opened(entry["subject"], subject)
        if leaf[1] == DECISION:
            print(f"entry {index}: {operational['caller']} for {operational['purpose']}: "
                  f"{operational['outcome']}")
    print(f"entries: {len(package['entries'])} are in the signed log and follow one another, "
          f"{withheld} of them withheld")
    if "map" not in package:
        print("not proved: the log has no map root yet, so newer entries may be missing")
        return
    root = package["map"]["root"]
    leaf = bytes.fromhex(root["leaf"])
    require(leaf[1] == MAP_ROOT, "the entry of the map root is of another type")
    log.check_inclusion(root["proof"], root_index, leaf)
    signed_root = bytes.fromhex(opened(root["operational"], leaf[16:48])["root"])
    _, held, led_to = map_value(package["map"]["proof"])
    require(led_to == signed_root, "the map proof does not lead to the root in the log")
    count, last = (held[1], held[2]) if held else (0, None)
    require(
        (count, last) == (covered, covered_chain),
        f"the map counts {count} entries, {covered} were given: something is missing")
    print(f"whole: the map root in entry {root_index} counts {count} entries, and these are they; "
          f"{len(package['entries']) - covered} came after it")


def main():
    parser = argparse.ArgumentParser(description="Checks a resident's list of accesses.")
    parser.add_argument("folder")
    parser.add_argument("--log", required=True, help="the log's vkey file, from somewhere else")
    parser.add_argument("--policy", help="a tlog-policy file: a quorum must have cosigned")
    arguments = parser.parse_args()
    try:
        policy = Policy(arguments.policy) if arguments.policy else None
        check(arguments.folder, Log(Path(arguments.log).read_text(), policy))
    except (Refused, KeyError, ValueError, IndexError, TypeError, OSError, StopIteration) as error:
        print(f"refused: {error}", file=sys.stderr)
        sys.exit(1)


main()
