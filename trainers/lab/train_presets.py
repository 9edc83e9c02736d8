"""Train the runs of all presets ahead, so that whoever opens one has its curves at once.

    python -m trainers.lab.train_presets             all presets
    python -m trainers.lab.train_presets KEY ...     these

What the run store has already is left alone. The server may run meanwhile.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from trainers.lab.error import LabError
from trainers.lab.lab import Lab, the_lab
from trainers.presets import PRESETS
from trainers.store import ACTIVE, RunFilter, StoredRun

LOOK_SECONDS = 1.0


def train_presets(
    lab: Lab, keys: Sequence[str], *, wait: Callable[[], None] = lambda: time.sleep(LOOK_SECONDS)
) -> Iterator[str]:
    """Queue what is missing, a preset at a time as there is room, and wait for its end; a sentence for each.

    Raises:
        LabError: nothing can be started at all.
    """
    for key in keys:
        preset = PRESETS[key]
        while True:
            try:
                run = lab.shared(preset.configs(), preset.title)
                break
            except LabError:
                if not lab.store.count(RunFilter(statuses=ACTIVE)):
                    raise  # the queue is empty, so room is not what is missing
                wait()
        while any(one.status in ACTIVE and one.status != "paused" for one in lab.members(run)):
            wait()
        yield f"{preset.title}: {_ends(lab.members(run))}"


def _ends(runs: Sequence[StoredRun]) -> str:
    ends = [run.status.replace("_", " ") for run in runs]
    return ends[0] if len(ends) == 1 else ", ".join(f"{run.role} {end}" for run, end in zip(runs, ends, strict=True))


def main() -> None:
    """Refuses keys that are none."""
    keys = sys.argv[1:] or list(PRESETS)
    unknown = [key for key in keys if key not in PRESETS]
    if unknown:
        sys.exit(f"There is no preset {', '.join(unknown)}; there are {', '.join(PRESETS)}.")
    for number, sentence in enumerate(train_presets(the_lab(), keys), 1):
        print(f"{number} of {len(keys)}  {sentence}", flush=True)


if __name__ == "__main__":
    main()
