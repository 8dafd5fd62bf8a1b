"""What the checks in this folder share: keys, signed notes, witness policies, inclusion proofs and commitments.

Nothing of the project's own: C2SP signed-note, tlog-checkpoint, tlog-proof and tlog-policy, and RFC 9162, over pyca/cryptography
for Ed25519 and Python's standard library. Any fault raises `Refused` with the reason.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZERO = bytes(32)
DECISION, OUTCOME, MAP_ROOT = 1, 2, 7


class Refused(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def unbase64(text, length=None):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"base64: {error}") from None
    require(base64.b64encode(data).decode() == text, "base64 in another spelling")
    require(length is None or len(data) == length, f"{len(data)} bytes, expected {length}")
    return data


class Key:
    """A note key: name, kind and public key (C2SP signed-note)."""

    def __init__(self, vkey, kind):
        name, key_id, encoded = vkey.strip().split("+", 2)
        data = unbase64(encoded, 33)
        require(data[0] == kind, f"{name}: signature kind {data[0]}, expected {kind}")
        self.name, self.kind, self.public = name, kind, data[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        require(self.id.hex() == key_id, f"{name}: the key id is not that of the key")

    def check(self, text, signature):
        message = text.encode()
        if self.kind == 4:
            require(len(signature) == 72, f"{self.name}: not a cosignature")
            time = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {time}\n".encode() + message
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise Refused(f"the signature of {self.name} is wrong") from None


def signers(note, keys):
    """The text of a note, and which of the keys signed it; a wrong signature of a known key refuses it."""
    text, found, lines = note.rpartition("\n\n")
    require(found and lines.endswith("\n"), "the note has no signatures")
    text += "\n"
    signed = set()
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        require(dash == "\u2014", "a signature line does not begin with a dash")
        data = unbase64(encoded)
        for key in keys:
            if key.name == name and key.id == data[:4]:
                key.check(text, data[4:])
                signed.add(key.name + key.id.hex())
    return text, signed


class Policy:
    """A tlog-policy file."""

    def __init__(self, path):
        self.keys, self.rules, self.quorum = [], {"none": (0, [])}, None
        for line in Path(path).read_text().split("\n"):
            words = line.split()
            if not words or words[0].startswith("#") or words[0] == "log":
                continue
            if words[0] == "witness":
                key = Key(words[2], 4)
                self.keys.append(key)
                self.rules[words[1]] = key
            elif words[0] == "group":
                members = [self.rules[name] for name in words[3:]]
                threshold = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
                self.rules[words[1]] = (threshold, members)
            elif words[0] == "quorum":
                require(self.quorum is None, "the policy has two quorum lines")
                self.quorum = self.rules[words[1]]
            else:
                raise Refused(f"policy: unknown line {words[0]!r}")
        require(self.quorum is not None, "the policy has no quorum line")

    def holds(self, signed, rule=None):
        rule = rule or self.quorum
        if isinstance(rule, Key):
            return rule.name + rule.id.hex() in signed
        return sum(self.holds(signed, member) for member in rule[1]) >= rule[0]


class Log:
    def __init__(self, vkey, policy):
        self.key, self.policy, self.checkpoints = Key(vkey, 1), policy, {}

    def checkpoint(self, note):
        """Size and root of a signed checkpoint."""
        if note not in self.checkpoints:
            keys = [self.key] + (self.policy.keys if self.policy else [])
            text, signed = signers(note, keys)
            require(self.key.name + self.key.id.hex() in signed, "the log did not sign its checkpoint")
            if self.policy:
                require(self.policy.holds(signed), "no quorum of witnesses cosigned the checkpoint")
            origin, size, root = text.split("\n")[:3]
            require(origin == self.key.name, "the checkpoint is of another log")
            self.checkpoints[note] = int(size), unbase64(root, 32)
        return self.checkpoints[note]

    def check_inclusion(self, proof, index, leaf):
        """RFC 9162, section 2.1.3.2, over a C2SP tlog-proof."""
        head, _, note = proof.partition("\n\n")
        lines = head.split("\n")
        require(lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
        lines = lines[2:] if lines[1].startswith("extra ") else lines[1:]
        require(lines[0] == f"index {index}", "the proof is of another entry")
        size, root = self.checkpoint(note)
        require(index < size, "the entry is beyond the checkpoint")
        node, last, value = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
        for sibling in (unbase64(line, 32) for line in lines[1:]):
            require(last > 0, "the inclusion proof is too long")
            if node & 1 or node == last:
                value = hashlib.sha256(b"\x01" + sibling + value).digest()
                while not node & 1 and node:
                    node, last = node >> 1, last >> 1
            else:
                value = hashlib.sha256(b"\x01" + value + sibling).digest()
            node, last = node >> 1, last >> 1
        require(last == 0 and value == root, f"entry {index} is not in the log")


def opened(part, commitment):
    """A detail that is what a commitment says, as JSON."""
    salt, detail = bytes.fromhex(part["salt"]), part["detail"].encode()
    require(
        hmac.compare_digest(hmac.new(salt, detail, "sha256").digest(), commitment),
        "a detail is not what its leaf commits to")
    return json.loads(detail)
