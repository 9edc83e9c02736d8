"""Whose checkpoints gave way to others, so that he can be told: of which runs, how many, and what he may do.

What is kept is a small value for each owner: how many checkpoints of each run have gone, of the last ones only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trainers.allowances import DISK_EACH, most, owner_of

MOST_TOLD = 200  # runs of one owner that are remembered
MOST_NAMED = 5


def key_of(visitor: str) -> str:
    """Where it is kept."""
    return f"given up by {owner_of(visitor) or 'nobody'}"


def read(plain: Any) -> dict[str, int]:
    """How many checkpoints of each run have gone, the oldest first; none where it is nothing of the kind."""
    if not isinstance(plain, Mapping):
        return {}
    return {str(run): count for run, count in plain.items() if isinstance(count, int) and count > 0}


def more(before: Any, gone: Iterable[str]) -> dict[str, int]:
    """The same with those that go now, by the runs they were of."""
    counts = Counter(gone)
    left = {run: count for run, count in read(before).items() if run not in counts}
    found = left | {run: count + read(before).get(run, 0) for run, count in counts.items()}
    return dict(list(found.items())[-MOST_TOLD:])


def why_gone() -> str:
    """What made them go, as the beginning of a sentence."""
    limit = most(DISK_EACH)
    if limit is None:
        return "To make room on the server's disk"
    return f"To keep within the {limit / 1e6:,.3g} MB that this server has for one visitor's checkpoints"


def run_sentence(count: int, left: int) -> str:
    """Of one run; empty where nothing has gone. left: checkpoints that are there still."""
    if not count:
        return ""
    what = "a checkpoint of this run has" if count == 1 else f"{count:,} checkpoints of this run have"
    cannot = "" if left else " Its curves stay, but it cannot be gone on with, forked from there or scored."
    return f"{why_gone()}, {what} gone.{cannot} Delete runs that you no longer need, and later ones stay."


def runs_sentence(names: Sequence[str]) -> str:
    """Of all runs of a visitor, the last one first; empty where there are none."""
    if not names:
        return ""
    told = ", ".join(names[:MOST_NAMED])
    others = len(names) - MOST_NAMED
    told += f" and {others:,} more" if others > 0 else ""
    return (
        f"{why_gone()}, checkpoints of these runs have gone, the oldest first: {told}. Their curves stay. Delete runs "
        "that you no longer need, and later ones keep theirs."
    )
