#!/usr/bin/env python3
"""Makes the test vectors of the sparse Merkle map from its published format alone.

  ./map_vectors.py > map_vectors.json

It builds the whole map by recursion over bits, with none of our code and no shortcut: no buckets, no pages, no kept
hashes. The tests of the map compare roots and proofs with what this program wrote.
"""

import base64
import hashlib
import json

ZERO = bytes(32)


def leaf_hash(entry):
    key, count, chain = entry
    return hashlib.sha256(b"\x00" + key + count.to_bytes(8, "big") + chain).digest()


def bit(key, depth):
    return key[depth // 8] >> (7 - depth % 8) & 1


def subtree(entries, depth):
    """The hash of the subtree of entries that agree in their first `depth` bits."""
    if not entries:
        return ZERO
    if len(entries) == 1:
        return leaf_hash(entries[0])
    left = subtree([e for e in entries if bit(e[0], depth) == 0], depth + 1)
    right = subtree([e for e in entries if bit(e[0], depth) == 1], depth + 1)
    return hashlib.sha256(b"\x01" + left + right).digest()


def prove(entries, key):
    siblings = []
    depth = 0
    while len(entries) > 1:
        mine = [e for e in entries if bit(e[0], depth) == bit(key, depth)]
        other = [e for e in entries if bit(e[0], depth) != bit(key, depth)]
        siblings.append(subtree(other, depth + 1))
        entries = mine
        depth += 1
    return entries[0] if entries else None, siblings


def encode(data):
    return base64.b64encode(data).decode()


def proof_text(key, end, siblings):
    lines = ["hangu/map-proof/1", "key " + encode(key)]
    lines.append("empty" if end is None else f"entry {encode(end[0])} {end[1]} {encode(end[2])}")
    lines.append(f"siblings {len(siblings)}")
    run = 0
    for sibling in siblings + [None]:
        if sibling == ZERO:
            run += 1
            continue
        if run:
            lines.append(f"zero {run}")
            run = 0
        if sibling is not None:
            lines.append(encode(sibling))
    return "".join(line + "\n" for line in lines)


def made_up(name, number):
    return hashlib.sha256(f"{name} {number}".encode()).digest()


def entries_of(count):
    return [(made_up("key", n), n % 97 + 1, made_up("chain", n)) for n in range(count)]


def close_pair(shared_bits):
    """Two keys that agree in exactly so many bits."""
    one = made_up("pair", shared_bits)
    number = int.from_bytes(one, "big") ^ 1 << (255 - shared_bits)
    return [(one, 3, made_up("chain", 1)), (number.to_bytes(32, "big"), 4, made_up("chain", 2))]


def case(name, entries, absent):
    keys = [e[0] for e in entries[:: max(1, len(entries) // 5)]] + absent
    return {
        "name": name,
        "entries": [[encode(k), c, encode(v)] for k, c, v in entries],
        "root": encode(subtree(entries, 0)),
        "proofs": [proof_text(key, *prove(entries, key)) for key in keys],
    }


def main():
    absent = [made_up("absent", n) for n in range(4)]
    cases = [case(f"{count} entries", entries_of(count), absent) for count in (0, 1, 2, 3, 7, 40, 300)]
    for shared in (0, 7, 8, 9, 15, 16, 17, 100, 254, 255):
        pair = close_pair(shared)
        cases.append(case(f"a pair that shares {shared} bits", pair, absent))
        flipped = int.from_bytes(pair[0][0], "big") ^ 1 << 4
        near = [flipped.to_bytes(32, "big")]
        cases.append(case(f"{shared} shared bits among others", pair + entries_of(20), absent + near))
    print(json.dumps({"format": "hangu/map-vectors/1", "cases": cases}, indent=1))


main()
