"""For every built duty: each function marked with it is replaced by nothing, and a test marked with it must fail.

Prints a line for each function and a table for the evidence. Exit 1 where a function could be removed unnoticed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402
from app.cli_procedure import duty_rows  # noqa: E402
from app.procedure.marks import IMPLEMENTED  # noqa: E402

PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "tests.support.removal"]
FAILED_TESTS = 1


def notices(function: str, tests: list[str]) -> bool:
    """Whether one of the tests fails when the function does nothing."""
    environment = {**os.environ, "WAYMARK_REMOVE": function, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*PYTEST, *tests], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode == FAILED_TESTS


def main() -> int:
    """Try them all, two at a time."""
    wanted = set(sys.argv[1:])
    create_app()  # every room is imported, so that every mark is known
    pairs = []
    for row in duty_rows():
        tests = [test for test in row["tests"] if not test.startswith("tests/browser/")]
        if row["built"] and (not wanted or row["id"] in wanted):
            pairs += [(row["id"], function, tests) for function in sorted(set(IMPLEMENTED[row["id"]]))]
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(lambda pair: notices(pair[1], pair[2]) if pair[2] else False, pairs))
    survived = 0
    for (duty, function, tests), noticed in zip(pairs, answers, strict=True):
        survived += not noticed
        print(f"| {duty} | `{function}` | {len(tests)} | {'noticed' if noticed else '**NOT NOTICED**'} |")
    print(f"\n{len(pairs) - survived} noticed, {survived} not noticed")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
