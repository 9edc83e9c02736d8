"""What every preset costs that trains or computes, and whether what it says is what comes out.

    python -m benchmarks.preset_times                          all presets, each in a lab of its own
    python -m benchmarks.preset_times residual scaling ...     these
    python -m benchmarks.preset_times --seed 3 ...             with other rows and first weights than visitors see
    python -m benchmarks.preset_times --page Reuse             those of a page

Each is asked of the lab as its page asks, and is done by two workers, to its very end. Beside the seconds until then
stand those that processors have worked, in all processes of the lab, which hardly change where others use the machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.presets.works import Work, works
from trainers.lab import Lab

WORKERS = 2
AIM = 120.0  # seconds of processors
HEAD = "| page | preset | seconds | of processors | said | seen |\n|---|---|---|---|---|---|"


def worked() -> float:
    """Seconds that processors have worked for this process and all below it, those that have ended among them."""
    total = 0.0
    own = psutil.Process()
    for process in (own, *own.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def row(work: Work, lab: Lab) -> str:
    """A row of the table."""
    begun, before = time.monotonic(), worked()
    seen = work.do(lab)
    seconds, cost = time.monotonic() - begun, worked() - before
    late = f" (aim {AIM:g})" if cost > AIM else ""
    return f"| {work.page} | {work.title} | {seconds:.2g} | {cost:.2g}{late} | {work.claim} | {seen} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What presets cost, and what comes of them.")
    parser.add_argument("presets", nargs="*", help="keys; all without")
    parser.add_argument("--page", help="the presets of one page: Search, Loss surface, Generalization, Reuse, Training")
    parser.add_argument("--seed", type=int, default=0, help="added to the seeds of rows and weights")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder=Path(folder), slots=WORKERS)
        try:
            lab.warm()
            while lab.devices() is None:  # the first worker is ready
                time.sleep(0.1)
            print(HEAD, flush=True)
            for work in works(asked.seed):
                if asked.page not in (None, work.page) or (asked.presets and work.key not in asked.presets):
                    continue
                print(row(work, lab), flush=True)
        finally:
            lab.close()


if __name__ == "__main__":
    main()
