"""Which orders a run takes in which state. Asked within the transaction that carries the order out."""

from __future__ import annotations

from trainers.store import StoredJob, StoredRun

IMPORTED = "These are imported curves; there is nothing to train."
WATCHED = "This training runs elsewhere, and is only watched here; whoever started it steers it."
_NOT_OVER = "This run is not over; stop it first."
# What needs weights and settings of its own.
_TRAINS = ("pause", "resume", "rewind", "train_on", "fork", "remedy", "score")
_AFTER_THE_END = ("rewind", "train_on", "score", "remedy")


def refusal(order: str, run: StoredRun) -> str:
    """Why a run does not take this order as it stands, in a sentence; empty where it does.

    order: pause, stop, resume, rewind, train_on, fork, remedy, score or rename.
    """
    if order in _TRAINS and run.config is None:
        return WATCHED if run.watched else IMPORTED
    if order == "stop" and run.watched and run.active:
        return WATCHED
    if order in _AFTER_THE_END and run.active:
        return _NOT_OVER
    rule = {"pause": _pause, "stop": _stop, "resume": _resume}.get(order)
    return rule(run) if rule is not None else ""


def ended_word(run: StoredRun | StoredJob) -> str:
    """How it ended, in a word or two."""
    return run.status.replace("_", " ")


def _pause(run: StoredRun) -> str:
    if run.status == "queued":
        return "This run waits in the queue; there is nothing to pause yet."
    if not run.active:
        return f"This run has ended ({ended_word(run)}); there is nothing to pause."
    return "This run is about to stop; there is nothing to pause." if run.wanted == "stop" else ""


def _stop(run: StoredRun) -> str:
    if run.active or run.status == "stopped":
        return ""
    return f"This run has ended ({ended_word(run)}); there is nothing to stop."


def _resume(run: StoredRun) -> str:
    if run.active:
        return "This run is about to stop; resume it when it has stopped." if run.wanted == "stop" else ""
    if run.status == "finished":
        return "This run has finished its epochs; train on gives it more."
    if run.status == "diverged":
        return "The loss of this run is no number; rewind to a checkpoint, or fork with another rate."
    return ""
