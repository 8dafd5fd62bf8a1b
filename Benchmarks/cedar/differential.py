#!/usr/bin/env python3
"""Compares `hangu cedar` with the reference engine on random requests.

    Benchmarks/cedar/differential.py [--requests 100000] [--seed 1] [--hangu PROGRAM]

The reference (cedarpy, the engine of cedar-policy in Rust) answers every request and validates every policy set; its
answers become the expected ones of cases in the shared form, which `hangu cedar conformance` then runs. Needs cedarpy:
Scripts/bench-cedar installs it under .build/cedarpy, whose Python this script takes by itself.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = CHECKOUT / ".build/cedarpy/bin/python"
REQUESTS_A_CASE = 40
POLICY_OF_ERROR = re.compile(r"error while evaluating policy `([^`]+)`")

try:
    import cedarpy
except ImportError:
    if not PYTHON.exists() or sys.executable == str(PYTHON):
        sys.exit("error: cedarpy is absent\nhint: Scripts/bench-cedar installs it")
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

from generator import SCHEMA, Generator


def case(seed, number, schema):
    """One case with the reference's answers, and how often it answered what."""
    generator = Generator(f"{seed}/{number}")
    policies = "\n\n".join(generator.policy() for _ in range(generator.random.randint(1, 12))) + "\n"
    entities = generator.entities()
    requests = [generator.request() for _ in range(REQUESTS_A_CASE)]
    parsed = cedarpy.Entities.from_json_str(json.dumps(entities), schema)
    answers = cedarpy.is_authorized_batch(requests, cedarpy.PolicySet.from_str(policies), parsed, schema)
    counts = collections.Counter()
    for request, answer in zip(requests, answers, strict=True):
        if answer.decision == cedarpy.Decision.NoDecision:
            sys.exit(f"error: the reference refused request of case {number}: {answer.diagnostics.errors}")
        found = [POLICY_OF_ERROR.match(error) for error in answer.diagnostics.errors]
        if not all(found):
            sys.exit(f"error: an unknown error of the reference: {answer.diagnostics.errors}")
        request["decision"] = answer.decision.value.lower()
        request["reason"] = answer.diagnostics.reasons
        request["errors"] = [match.group(1) for match in found]
        counts[request["decision"]] += 1
        counts["with reasons"] += bool(request["reason"])
        counts["with errors"] += bool(found)
    validates = cedarpy.validate_policies(policies, schema).validation_passed
    counts["sets that validate"] += validates
    counts["sets"] += 1
    line = {"id": f"random/{seed}/{number}", "tags": ["valid" if validates else "invalid"], "policies": policies,
            "schema": SCHEMA, "entities": entities, "shouldValidate": validates, "requests": requests}
    return line, counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hangu", default=str(CHECKOUT / ".build/release/hangu"))
    options = parser.parse_args()
    place = CHECKOUT / ".build" / f"differential-{options.seed}.jsonl"
    schema = cedarpy.Schema.from_str(SCHEMA)
    total = collections.Counter()
    with place.open("w", encoding="utf-8") as cases:
        for number in range(-(-options.requests // REQUESTS_A_CASE)):
            line, counts = case(options.seed, number, schema)
            cases.write(json.dumps(line, ensure_ascii=False) + "\n")
            total += counts
    print("reference:", ", ".join(f"{name} {count}" for name, count in sorted(total.items())))
    run = subprocess.run([options.hangu, "cedar", "conformance", str(place)], stdout=subprocess.PIPE)
    summary = json.loads(run.stdout)
    for name in ("requests", "verdicts"):
        count = summary[name]
        print(f"{name}: {count['total']} compared, {count['total'] - count['passed']} disagreements")
    for failure in summary["files"][0]["failures"]:
        print("  " + failure)
    if summary["requests"]["total"] != total["allow"] + total["deny"]:
        sys.exit("error: not every request was compared")
    print(f"cases: {place.relative_to(CHECKOUT)}")
    return 0 if run.returncode == 0 and summary["allPassed"] else 1


if __name__ == "__main__":
    sys.exit(main())
