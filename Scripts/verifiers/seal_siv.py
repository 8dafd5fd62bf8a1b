#!/usr/bin/env python3
"""Seals with AES-SIV (RFC 5297), also the empty plaintext, by CMAC and AES-CTR of pyca/cryptography.

Reads one JSON object from standard input: key, components (the associated data) and plaintexts, all hexadecimal. Writes
a JSON list to standard output: of each plaintext the ciphertext with the synthetic IV behind it. Where pyca/cryptography
can do it by itself (a plaintext that is not empty), its own AESSIV must give the same, else the exit code is 1.
"""

import json
import sys

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    from cryptography.hazmat.primitives.cmac import CMAC
except ImportError:
    print("the Python package 'cryptography' is absent", file=sys.stderr)
    sys.exit(3)


def cmac(key, message):
    code = CMAC(algorithms.AES(key))
    code.update(message)
    return code.finalize()


def doubled(block):
    shifted = int.from_bytes(block, "big") << 1
    return ((shifted & (1 << 128) - 1) ^ (0x87 if shifted >> 128 else 0)).to_bytes(16, "big")


def xored(left, right):
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def synthetic_iv(key, components, plaintext):
    """S2V, section 2.4."""
    block = cmac(key, bytes(16))
    for component in components:
        block = xored(doubled(block), cmac(key, component))
    if len(plaintext) >= 16:
        return cmac(key, plaintext[:-16] + xored(plaintext[-16:], block))
    padded = plaintext + b"\x80" + bytes(15 - len(plaintext))
    return cmac(key, xored(doubled(block), padded))


def sealed(key, components, plaintext):
    half = len(key) // 2
    iv = synthetic_iv(key[:half], components, plaintext)
    counter = bytearray(iv)
    counter[8] &= 0x7F
    counter[12] &= 0x7F
    cipher = Cipher(algorithms.AES(key[half:]), modes.CTR(bytes(counter))).encryptor()
    ciphertext = cipher.update(plaintext) + cipher.finalize()
    if plaintext and AESSIV(key).encrypt(plaintext, components) != iv + ciphertext:
        sys.exit("the script and pyca/cryptography disagree")
    return ciphertext + iv


if __name__ == "__main__":
    request = json.load(sys.stdin)
    own_key, data = bytes.fromhex(request["key"]), [bytes.fromhex(part) for part in request["components"]]
    print(json.dumps([sealed(own_key, data, bytes.fromhex(text)).hex() for text in request["plaintexts"]]))
