#!/usr/bin/env python3
"""Has two programs that are not ours verify a log of 70,000 entries, then one with a changed byte.

    Scripts/verifiers/verify_by_others.py [--hangu PROGRAM] [--log FOLDER] [--entries N] [--samples N]

Go's x/mod/sumdb through verify_log, and aics-tlog (PyPI, needs Python 3.12) in an environment under .build. Where
no log is given, one is made through the log's writer. Each changed byte must be refused by both. Where one of the two
programs cannot be had, that is said, and nothing is checked; with CI=true it is a failure.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent.parent
AICS = "aics-tlog==0.2.1"
TOOLS = CHECKOUT / ".build/test-tools"
VENV = TOOLS / "aics-tlog"


def leave_out(what, hint):
    """Ends the run where a program is missing."""
    if os.environ.get("CI") == "true":
        sys.exit(f"error: {what}, and under CI that is a failure\nhint: {hint}")
    print(f"SKIPPED: {what}; {hint}")
    sys.exit(0)


def run(*arguments, **more):
    return subprocess.run([str(part) for part in arguments], capture_output=True, text=True, **more)


def check(*arguments, **more):
    done = run(*arguments, **more)
    if done.returncode != 0:
        sys.exit(f"error: {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def build_go():
    """Go's own cache makes a second build one of no time."""
    if not shutil.which("go"):
        leave_out("go is absent", "Scripts/setup test installs golang-go and golang-golang-x-mod-dev")
    program = TOOLS / "verify_log"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(TOOLS / "go")}
    done = run("go", "build", "-o", program, ".", cwd=CHECKOUT / "Scripts/verifiers/verify_log", env=environment)
    if done.returncode != 0:
        if "cannot find package" in done.stderr:
            leave_out("golang.org/x/mod is absent", "Scripts/setup test installs golang-golang-x-mod-dev")
        sys.exit(f"error: verify_log does not build: {done.stderr.strip()}")
    return program


def python_of_aics():
    """A Python of at least 3.12: from PATH, pyenv or PYTHON312."""
    named = [os.environ.get("PYTHON312"), "python3.13", "python3.12", "python3"]
    pyenv = pathlib.Path.home() / ".pyenv/versions"
    named += [str(place / "bin/python3") for place in sorted(pyenv.glob("3.1[2-9]*"))]
    for name in filter(None, named):
        if shutil.which(name) and run(name, "-c", "import sys; sys.exit(sys.version_info < (3, 12))").returncode == 0:
            return name
    return leave_out("aics-tlog needs Python 3.12", "install it, or name it in PYTHON312")


def install_aics():
    program = VENV / "bin/aics-tlog"
    if not program.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        made = run(python_of_aics(), "-m", "venv", VENV)
        if made.returncode == 0:
            made = run(VENV / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", AICS)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            leave_out(f"{AICS} cannot be installed from PyPI", "look at the network, or at pip's settings")
    return program


def entry(log, index):
    """One entry of a bundle: each is two bytes of length and its bytes."""
    place = log / "tile/entries" / path_of(index // 256)
    if not place.exists():
        place = next((log / "tile/entries").glob(path_of(index // 256) + ".p/*"))
    bundle = place.read_bytes()
    start = 0
    for _ in range(index % 256):
        start += 2 + int.from_bytes(bundle[start:start + 2], "big")
    return bundle[start + 2:start + 2 + int.from_bytes(bundle[start:start + 2], "big")]


def path_of(number):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups))


def by_go(program, log, vkey, sizes):
    return [run(program, "log", "-dir", log, "-vkey", vkey, "-sizes", ",".join(map(str, sizes))).returncode]


AUDIT = """
import base64, pathlib, sys
from aics_tlog.tiles import FileSystemTileReader
from aics_tlog.verified import audit_tiles
lines = (pathlib.Path(sys.argv[1]) / "checkpoint").read_text().split("\\n")
found = audit_tiles(FileSystemTileReader(sys.argv[1]), int(lines[1]), base64.b64decode(lines[2]))
print(found.tiles, found.bundles)
"""


def by_aics(program, log, vkey, size, folder, samples):
    ends = [run(program, "verify-checkpoint", "--tiles", log, "--vkey-file", vkey).returncode]
    ends.append(run(program.parent / "python", "-c", AUDIT, log).returncode)
    for index in range(0, size, max(1, size // samples)):
        leaf = folder / "leaf"
        leaf.write_bytes(entry(log, index))
        ends.append(run(
            program, "verify-inclusion", "--tiles", log, "--vkey-file", vkey, "--index", index,
            "--leaf", leaf).returncode)
    for old in sorted(log.glob("checkpoint.*")):
        ends.append(run(
            program, "verify-consistency", "--tiles", log, "--vkey-file", vkey, "--old-checkpoint", old).returncode)
    return ends


def changed(log, folder, path):
    """A copy of the log in which one byte of one file is another."""
    copy = folder / "changed"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(log, copy)
    place = copy / path
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    return copy


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hangu", default=str(CHECKOUT / ".build/release/hangu"))
    parser.add_argument("--log", type=pathlib.Path, help="an exported log; one is made where it is not given")
    parser.add_argument("--entries", type=int, default=70_000)
    parser.add_argument("--samples", type=int, default=20, help="entries whose inclusion aics-tlog proves")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        TOOLS.mkdir(parents=True, exist_ok=True)
        go, aics = build_go(), install_aics()
        log = options.log
        if log is None:
            check(options.hangu, "audit", "bench", "publish", "--home", folder / "home", "--entries", options.entries)
            log = folder / "home/tiles"
        vkey = folder / "log.vkey"
        vkey.write_bytes((log / "vkey").read_bytes())
        size = int((log / "checkpoint").read_text().split("\n")[1])
        sizes = sorted(int(path.suffix[1:]) for path in log.glob("checkpoint.*"))
        theirs = by_go(go, log, vkey, sizes)
        others = by_aics(aics, log, vkey, size, folder, options.samples)
        print(f"{size} entries, {len(sizes)} earlier checkpoints: Go {theirs}, aics-tlog {len(others)} checks, "
              f"{sum(end != 0 for end in others)} failed")
        sound = not any(theirs) and not any(others)
        middle = [path_of(size // 512), path_of(size // 512), path_of(0)]
        names = [f"tile/{kind}/{name}" for kind, name in zip(("entries", "0", "1"), middle)]
        for path in ["checkpoint", *(name for name in names if (log / name).exists())]:
            copy = changed(log, folder, path)
            refusals = [any(by_go(go, copy, vkey, sizes)), any(by_aics(aics, copy, vkey, size, folder, samples=1))]
            print(f"one byte of {path} changed: Go {'refuses' if refusals[0] else 'ACCEPTS'}, "
                  f"aics-tlog {'refuses' if refusals[1] else 'ACCEPTS'}")
            sound = sound and all(refusals)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
