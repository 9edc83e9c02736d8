"""Where a run stands, in words: its status, how far it is, how long it still takes. Pure text from a stored run."""

from __future__ import annotations

from collections.abc import Sequence

from trainers.store import StoredRun

WORDS = {
    "queued": "Waiting",
    "starting": "Starting",
    "running": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "early_stopped": "Stopped early",
    "stopped": "Stopped",
    "diverged": "Diverged",
    "out_of_memory": "Out of memory",
    "no_data": "No data",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "imported": "Imported",
}
_GOES_ON = ("stopped", "interrupted", "early_stopped", "failed", "out_of_memory", "no_data")


def share_done(run: StoredRun) -> float:
    """How much of the budget is spent, from 0 to 1."""
    if run.config is None:
        return 0.0 if run.active else 1.0  # how long others train is not known
    return min(1.0, max(0.0, run.epoch / run.config.budget.epochs))


def seconds_left(run: StoredRun) -> float | None:
    """Until the budget is spent, at the pace since the run (or the run it was forked from) began; None if unknown."""
    if run.config is None or run.status not in ("running", "paused") or run.epoch <= 0 or run.seconds <= 0:
        return None
    return run.seconds / run.epoch * max(0.0, run.config.budget.epochs - run.epoch)


def clock(seconds: float) -> str:
    """0:05, 12:40 or 1:02:03."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def progress_parts(run: StoredRun, place: int | None = None, *, brief: bool = False) -> list[str]:
    """Short pieces for one line: status, epochs, speed, time, device; in brief the status, epochs and what is left.

    place: in the queue, where all workers are taken.
    """
    parts = [WORDS.get(run.status, run.status)]
    if run.status == "queued":
        parts = [place_words(place)]
    if run.config is not None:
        parts.append(f"epoch {run.epoch_text} of {run.config.budget.epochs:,}")
    elif run.watched:
        parts.append(f"epoch {run.epoch_text}")
    if run.samples_per_second and run.status in ("running", "paused") and not brief:
        parts.append(f"{round(run.samples_per_second):,} rows a second")
    left = seconds_left(run)
    if left is not None and run.status == "running":
        parts.append(f"{clock(left)} left")
    elif brief:
        return parts
    elif run.seconds and run.status != "running":
        parts.append(f"{clock(run.seconds)} of training" if run.seconds >= 1 else "under a second of training")
    if run.device_name and not brief:
        parts.append(run.device_name)
    return parts


def place_words(place: int | None) -> str:
    """Where something stands in the queue; None where it begins now."""
    return "Starting" if place is None else "Next in the queue" if place == 1 else f"Number {place} in the queue"


def together_text(runs: Sequence[StoredRun]) -> str:
    """How many of several runs have ended: 3 of 8 runs ended; empty for one run."""
    ended = sum(not run.active for run in runs)
    return f"{ended} of {len(runs)} runs ended" if len(runs) > 1 else ""


def can_pause(run: StoredRun) -> bool:
    return run.status in ("running", "starting") and run.wanted != "pause" and not run.watched


def can_resume(run: StoredRun) -> bool:
    """Paused, or ended with epochs of its budget left."""
    if run.status == "paused":
        return True
    return run.config is not None and run.status in _GOES_ON and run.epoch < run.config.budget.epochs


def can_stop(run: StoredRun) -> bool:
    return run.active and run.wanted != "stop" and not run.watched


def title_of(run: StoredRun) -> str:
    """The run's own name, or its role among the runs it is shown with."""
    return run.role or run.name
