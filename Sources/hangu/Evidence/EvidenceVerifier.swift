/// The program that lies in every bundle of evidence and checks it without anything of ours: Python's standard library
/// alone, Ed25519 and Merkle proofs included.
enum EvidenceVerifier {
    static let text = basics + "\n\n\n" + checks + "\n"

    /// Signatures, the tree and signed notes.
    private static let basics = #"""
        #!/usr/bin/env python3
        """Checks a bundle of evidence from an audit log. Needs Python 3.8 or newer and nothing else, and no network.

            python3 verify.py [BUNDLE] [--vkey FILE] [--witness-key FILE]...

        BUNDLE is the zip file or the unpacked folder; the folder this program lies in where none is named. --vkey is the log's
        public key from somewhere else than the bundle: without it the one in the bundle is used, and then nobody but its
        sender vouches for it. Prints what was checked and what could not be. Status 0: everything holds; 1: refused.
        """
        import argparse, base64, functools, hashlib, hmac, json, os, struct, sys, zipfile


        class Refused(Exception):
            pass


        def need(holds, why):
            if not holds:
                raise Refused(why)


        # Ed25519 (RFC 8032, section 6), verification alone.
        P = 2**255 - 19
        Q = 2**252 + 27742317777372353535851937790883648493
        D = -121665 * pow(121666, P - 2, P) % P
        ROOT = pow(2, (P - 1) // 4, P)


        def add(a, b):
            e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
            c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
            e, f, g, h = f - e, d - c, d + c, f + e
            return e * f % P, g * h % P, f * g % P, e * h % P


        def multiply(scalar, point):
            result = (0, 1, 1, 0)
            while scalar:
                if scalar & 1:
                    result = add(result, point)
                point, scalar = add(point, point), scalar >> 1
            return result


        def recover_x(y, sign):
            need(y < P, "a point of a signature is not on the curve")
            x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
            x = pow(x2, (P + 3) // 8, P)
            if (x * x - x2) % P:
                x = x * ROOT % P
            need((x * x - x2) % P == 0 and not (x == 0 and sign), "a point of a signature is not on the curve")
            return P - x if x & 1 != sign else x


        def point(data):
            number = int.from_bytes(data, "little")
            y = number & ((1 << 255) - 1)
            x = recover_x(y, number >> 255)
            return x, y, 1, x * y % P


        BASE_Y = 4 * pow(5, P - 2, P) % P
        BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


        @functools.lru_cache(maxsize=None)
        def signature_holds(key, message, signature):
            if len(key) != 32 or len(signature) != 64:
                return False
            scalar = int.from_bytes(signature[32:], "little")
            if scalar >= Q:
                return False
            challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
            try:
                left, right = multiply(scalar, BASE), add(point(signature[:32]), multiply(challenge, point(key)))
            except Refused:
                return False
            return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


        # The tree (RFC 9162, section 2.1).
        def leaf_hash(data):
            return hashlib.sha256(b"\0" + data).digest()


        def node(left, right):
            return hashlib.sha256(b"\1" + left + right).digest()


        def check_inclusion(what, index, size, leaf, path, root):
            need(index < size, f"{what}: the entry is not in a tree of that size")
            number, last, value = index, size - 1, leaf
            for sibling in path:
                need(last > 0, f"{what}: the proof is too long")
                if number & 1 or number == last:
                    value = node(sibling, value)
                    while not number & 1 and number:
                        number, last = number >> 1, last >> 1
                else:
                    value = node(value, sibling)
                number, last = number >> 1, last >> 1
            need(last == 0 and value == root, f"{what}: the proof does not lead to the checkpoint's root")


        def check_consistency(what, old_size, new_size, path, old_root, new_root):
            need(0 < old_size <= new_size, f"{what}: the sizes are not in order")
            if old_size == new_size:
                return need(not path and old_root == new_root, f"{what}: the roots differ")
            path = list(path)
            if old_size & (old_size - 1) == 0:
                path.insert(0, old_root)
            need(path, f"{what}: the proof is too short")
            number, last = old_size - 1, new_size - 1
            while number & 1:
                number, last = number >> 1, last >> 1
            old = new = path[0]
            for value in path[1:]:
                need(last > 0, f"{what}: the proof is too long")
                if number & 1 or number == last:
                    old, new = node(value, old), node(value, new)
                    while not number & 1 and number:
                        number, last = number >> 1, last >> 1
                else:
                    new = node(new, value)
                number, last = number >> 1, last >> 1
            need(last == 0 and old == old_root and new == new_root, f"{what}: the later log does not begin with the earlier")


        # Signed notes (C2SP signed-note) and keys.
        class Key:
            def __init__(self, text):
                name, number, data = text.strip().split("+", 2)
                data = base64.b64decode(data, validate=True)
                need(len(data) == 33 and data[0] in (1, 4), "a key is of a kind that this program does not know")
                self.name, self.kind, self.key = name, data[0], data[1:]
                self.id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
                need(self.id.hex() == number, "a key's number is not that of its content")

            def holds(self, text, signature):
                if self.kind == 1:
                    return signature_holds(self.key, text, signature)
                if len(signature) != 72:
                    return False
                head = b"cosignature/v1\ntime %d\n" % struct.unpack(">Q", signature[:8])
                return signature_holds(self.key, head + text, signature[8:])


        def checkpoint(what, note, log, witnesses, seen):
            text, divider, lines = note.rpartition(b"\n\n")
            need(divider and lines.endswith(b"\n"), f"{what}: it is no signed note")
            text += b"\n"
            signers, unknown = [], 0
            for line in lines.decode().splitlines():
                parts = line.split(" ")
                need(len(parts) == 3 and parts[0] == "\u2014", f"{what}: a line of its signatures is none")
                data = base64.b64decode(parts[2], validate=True)
                known = [key for key in [log] + witnesses if key.name == parts[1] and key.id == data[:4]]
                if not known:
                    unknown += 1
                    continue
                need(known[0].holds(text, data[4:]), f"{what}: the signature of '{parts[1]}' is wrong")
                signers.append(known[0])
            need(log in signers, f"{what}: the log did not sign it")
            origin, size, root = text.decode().split("\n")[:3]
            need(origin == log.name, f"{what}: it is of another log")
            seen["unknown"], seen["witnesses"] = unknown, [key.name for key in signers if key is not log]
            return int(size), base64.b64decode(root, validate=True)


        def read_proof(what, data, log, witnesses, seen):
            head, divider, note = data.partition(b"\n\n")
            lines = head.decode().split("\n")
            need(lines[0] == "c2sp.org/tlog-proof@v1" and divider, f"{what}: it is no tlog-proof")
            lines = [line for line in lines[1:] if not line.startswith("extra ")]
            need(lines and lines[0].startswith("index "), f"{what}: it names no entry")
            size, root = checkpoint(what, note, log, witnesses, seen)
            return int(lines[0][6:]), [base64.b64decode(line, validate=True) for line in lines[1:]], size, root, note


        def read_consistency(what, data):
            lines = data.decode().split("\n")
            need(len(lines) > 2 and not lines[-1] and all(lines[:-1]), f"{what}: it is no consistency proof")
            need(lines[0].startswith("old ") and lines[1].startswith("new "), f"{what}: it is no consistency proof")
            return int(lines[0][4:]), int(lines[1][4:]), [base64.b64decode(line, validate=True) for line in lines[2:] if line]
        """#
}
