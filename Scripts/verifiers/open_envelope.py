#!/usr/bin/env python3
"""Opens or seals one value with nothing of ours: only the root key, rows of the key store, and pyca/cryptography.

Reads one JSON object from standard input and writes the value, or the envelope, in hexadecimal to standard output.
Any mismatch (a wrapped key, a commitment, the key check, the tag, the padding) ends with exit code 1 and one line of reason.

    root_key            {"id", "version", "bytes"}
    class_key           {"class", "version", "suite", "wrapped"}
    commitment          the stored commitment
    epoch_key           {"epoch", "wrapped"}, and
    resident_key        {"resident", "generation", "epoch", "wrapped"}; both null for a value of no resident
    address             {"tenant", "table", "field", "record_version"}
    envelope            the sealed value; or, to have one sealed,
    value, bucket       the value, and up to which multiple it is padded
All byte strings are hexadecimal.
"""

import json
import os
import sys

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    print("the Python package 'cryptography' is absent", file=sys.stderr)
    sys.exit(3)


class Refused(Exception):
    pass


def number(value, byte_count):
    return value.to_bytes(byte_count, "big", signed=value < 0)


def components(*parts):
    """Each part with its length before it, as UInt32 big-endian."""
    encoded = b""
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        encoded += number(len(part), 4) + part
    return encoded


def unwrap(wrapping_key, wrapped, associated_data, what):
    if len(wrapped) != 60:
        raise Refused(f"{what}: {len(wrapped)} bytes, expected 60")
    try:
        return AESGCM(wrapping_key).decrypt(wrapped[:12], wrapped[12:], associated_data)
    except InvalidTag:
        raise Refused(f"{what} does not unwrap") from None


def unwrap_ring_key(root, kind, name, version, suite, wrapped):
    data = components(
        "gw/root/v1", kind, name, number(version, 4), number(suite, 1), root["id"], number(root["version"], 2)
    )
    return unwrap(bytes.fromhex(root["bytes"]), bytes.fromhex(wrapped), data, f"{kind} key")


def field_key(request, class_key, resident_key, resident, generation):
    described = request["class_key"]
    suite, version = number(described["suite"], 1), number(described["version"], 2)
    if resident_key is None:
        salt, secret = None, class_key
        info = components("gw/system/v1", suite, described["class"], version)
    else:
        salt, secret = class_key, resident_key
        info = components("gw/field/v1", suite, described["class"], version, number(generation, 2))
    derived = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=info).derive(secret)
    return derived[:32], derived[32:]


def keys_and_address(request):
    """The field's key, its commitment, the header of its envelopes and the associated data at the address."""
    root, described = request["root_key"], request["class_key"]
    class_key = unwrap_ring_key(
        root, "class", described["class"], described["version"], described["suite"], described["wrapped"]
    )
    resident, resident_key, generation = b"", None, 0
    if request["resident_key"] is not None:
        row, epoch = request["resident_key"], request["epoch_key"]
        epoch_key = unwrap_ring_key(root, "epoch", "", epoch["epoch"], 1, epoch["wrapped"])
        resident, generation = bytes.fromhex(row["resident"]), row["generation"]
        data = components("rk", resident, number(generation, 2), number(row["epoch"], 4))
        resident_key = unwrap(epoch_key, bytes.fromhex(row["wrapped"]), data, "resident's key")
    key, commitment = field_key(request, class_key, resident_key, resident, generation)
    if commitment != bytes.fromhex(request["commitment"]):
        raise Refused("the derived key is not the one committed to")

    place = request["address"]
    header = b"\xe1" + number(described["suite"], 1) + number(described["version"], 2) + number(generation, 2)
    associated_data = components(
        "gw/v1", place["tenant"], place["table"], resident, place["field"], described["class"],
        number(described["suite"], 1), number(described["version"], 2), number(generation, 2),
        number(place["record_version"], 8),
    )
    return key, header + commitment[:4], associated_data


def open_envelope(request):
    key, header, associated_data = keys_and_address(request)
    envelope = bytes.fromhex(request["envelope"])
    if envelope[:10] != header:
        raise Refused("the envelope's header is not that of this key")
    try:
        padded = AESGCM(key).decrypt(envelope[10:22], envelope[22:], associated_data)
    except InvalidTag:
        raise Refused("the ciphertext or its address was changed") from None
    value = padded.rstrip(b"\0")
    if value[-1:] != b"\x80":
        raise Refused("the padding is not 0x80 and zeros")
    return value[:-1]


def seal_envelope(request):
    key, header, associated_data = keys_and_address(request)
    value, bucket, nonce = bytes.fromhex(request["value"]), request["bucket"], os.urandom(12)
    padded = value + b"\x80" + bytes(-(len(value) + 1) % bucket)
    return header + nonce + AESGCM(key).encrypt(nonce, padded, associated_data)


if __name__ == "__main__":
    try:
        request = json.load(sys.stdin)
        print((open_envelope(request) if "envelope" in request else seal_envelope(request)).hex())
    except (Refused, KeyError, TypeError, ValueError) as error:
        print(f"refused: {error}", file=sys.stderr)
        sys.exit(1)
