"""The browser tests beside other work: three rounds while two loops keep two cores busy.

python -m tools.test_busy [what to test instead of tests/browser, and other arguments of pytest]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
LOOPS = 2
# It ends by itself when whoever started it is gone.
_LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round of tests came to. status: the exit status of pytest. failed: names of tests that did not pass."""

    status: int
    seconds: float
    tests: int
    failed: tuple[str, ...]

    def __str__(self) -> str:
        told = f"{self.tests} tests in {self.seconds:.0f} s, {len(self.failed)} failed"
        return told if self.status in (0, 1) else f"{told}; pytest ended with {self.status}"


@contextmanager
def busy(loops: int = LOOPS) -> Iterator[None]:
    """So many processes that do nothing but work."""
    running = [subprocess.Popen([sys.executable, "-c", _LOOP]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def read_results(path: Path) -> tuple[int, tuple[str, ...]]:
    """How many tests a JUnit file tells of, and the names of those that did not pass."""
    cases = list(ElementTree.parse(path).iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return len(cases), tuple(f"{case.get('classname')}::{case.get('name')}" for case in failed)


def run_round(arguments: Sequence[str]) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.xml")
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={results}", *arguments]
        begun = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        tests, failed = read_results(results) if results.exists() else (0, ())
        return Round(status=status, seconds=time.monotonic() - begun, tests=tests, failed=failed)


def main(arguments: Sequence[str]) -> int:
    with busy():
        rounds = [run_round(arguments or ["tests/browser"]) for _ in range(ROUNDS)]
    print(f"\n{LOOPS} busy loops on {os.cpu_count()} cores")
    for number, one in enumerate(rounds, 1):
        print(f"round {number}: {one}", *one.failed, sep="\n  ")
    return int(any(one.status for one in rounds))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
