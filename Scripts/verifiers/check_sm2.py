#!/usr/bin/env python3
"""Checks an SM2 signature and makes one, with nothing of ours: gmssl from PyPI, which is Python alone.

Reads one JSON object from standard input, all byte strings in hexadecimal:

    public_key, message, signature     checked: 65 bytes (0x04, x, y), any, 64 bytes (r, s)
    private_key                        32 bytes; signs the same message

Writes the new signature in hexadecimal. Ends with 1 where the first signature is not right, with 3 without gmssl.
"""

import json
import sys

try:
    from gmssl import sm2
except ImportError:
    print("the Python package 'gmssl' is absent", file=sys.stderr)
    sys.exit(3)


def main():
    request = json.load(sys.stdin)
    public_key = request["public_key"]
    if not public_key.startswith("04") or len(public_key) != 130:
        sys.exit("the public key is not an uncompressed point")
    signer = sm2.CryptSM2(private_key=request["private_key"], public_key=public_key[2:])
    message = bytes.fromhex(request["message"])
    if not signer.verify_with_sm3(request["signature"], message):
        print("refused: the signature is not one of that key over that message", file=sys.stderr)
        sys.exit(1)
    print(signer.sign_with_sm3(message))


if __name__ == "__main__":
    main()
