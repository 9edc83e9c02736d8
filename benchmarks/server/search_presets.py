"""Each search preset, and 64 learning rates at once, in a lab with two workers: seconds until it is done.

python -m benchmarks.server.search_presets [preset ...]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from experiments.search import PRESETS, SearchCodec
from trainers import RunConfig
from trainers.lab.lab import Lab
from trainers.sweeps import Axis, Sweep, SweepRequest

LIMIT = 180.0  # seconds
HEAD = "| search | runs | workers' turns | seconds |\n|---|---|---|---|"


def rates() -> SweepRequest:
    """Sixty-four rates on moons."""
    config = RunConfig().changed({"data.name": "moons"}).changed({"budget.epochs": 30, "watch.pictures": False})
    rate = Axis(name="optimizer.lr", low=1e-4, high=1.0, log=True)
    return SweepRequest(config=config.to_json(), axes=(rate,), samplers=("grid",), trials=64)


def measured(lab: Lab, request: SweepRequest) -> tuple[float, int, int]:
    """Seconds, runs, and how often a worker took one run or a stack of them."""
    begun = time.monotonic()
    id = lab.ask("vary", request=request.to_plain())
    turns: set[str] = set()
    while (job := lab.job("vary", id)) is not None and job.active:
        if (sweep := Sweep.from_plain(job.result)) is not None:
            at_work = lab.store.runs(experiment=sweep.experiment, statuses=("starting", "running"), limit=400)
            turns |= {run.worker for run in at_work if run.worker}
        time.sleep(0.1)
    seconds = time.monotonic() - begun
    assert job is not None
    assert job.status == "finished", job.sentence
    return seconds, request.runs, len(turns)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How long the searches that everybody opens take.")
    parser.add_argument("presets", nargs="*", default=[*PRESETS, "64 rates"])
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder=Path(folder), slots=2)
        try:
            lab.warm()
            while lab.devices() is None:  # the first worker is ready
                time.sleep(0.1)
            print(HEAD, flush=True)
            for name in parser.parse_args().presets:
                known = PRESETS.get(name)
                request = rates() if known is None else SearchCodec().read(known.query)[0].sweep
                seconds, runs, turns = measured(lab, request)
                late = f" (aim {LIMIT:g})" if seconds > LIMIT else ""
                print(f"| {name} | {runs} | {turns} | {seconds:.0f}{late} |", flush=True)
        finally:
            lab.close()


if __name__ == "__main__":
    main()
