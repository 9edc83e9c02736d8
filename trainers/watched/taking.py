"""What a watched training tells becomes a run of the store, which every page shows like one of the lab's own.

The run takes the id that its training has drawn, so what is told twice (an answer was lost) is there once. A sign of
life without a report keeps it going; after a minute of silence the supervisor marks it interrupted, like a run whose
worker has died, and the next report lets it go on.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from trainers.lab import new_findings
from trainers.store import ELSEWHERE, Changes, RunFilter, Store, StoredRun
from trainers.watched.reading import Told

MOST_AT_ONCE = 100
DIAGNOSIS_SECONDS = 1.0  # between two of one run that goes on
_WORKER = "elsewhere"  # nobody that could be asked whether it is alive
_MOST_REMEMBERED = 4 * MOST_AT_ONCE


class Gone(Exception):
    """The run was deleted here."""


class NotYours(Exception):
    """The id belongs to a run that is not watched."""


class Busy(Exception):
    """There are as many trainings at once as are watched."""


_diagnosed: OrderedDict[tuple[Any, ...], float] = OrderedDict()
_lock = Lock()


def take_in(store: Store, told: Told) -> StoredRun:
    """Put it into the store, and diagnose now and then; the run as it is then.

    Raises:
        Gone, NotYours, Busy: see there. StoreError: the store cannot take it now.
    """
    at_once = None
    if store.run(told.run) is None:
        at_once = sum(run.watched for run in store.runs(RunFilter(statuses=("running",))))
    with store.changing(alone=at_once is not None) as change:
        run = change.run(told.run)
        if run is None:
            run = _made(change, told, at_once or 0)
        elif not run.watched:
            raise NotYours(f"{told.run} is a run of this lab; a watched training has an id of its own.")
        _write(change, run, told)
    if told.ended:
        # Before it has ended for whoever watches it, and looks no more then.
        findings = new_findings(store, told.run)
        store.update(told.run, status=told.ended, worker="", sentence=_sentence(told), **findings)
    elif _is_time((*store.key, told.run)) and (findings := new_findings(store, told.run)):
        store.update(told.run, **findings)
    run = store.run(told.run)
    if run is None:
        raise Gone("This run was deleted.")
    return run


def _made(change: Changes, told: Told, at_once: int) -> StoredRun:
    if told.known:
        raise Gone("This run was deleted.")
    if at_once >= MOST_AT_ONCE:
        raise Busy(f"{at_once} trainings are watched, the most at once; it is taken in when another has ended.")
    return change.create(
        None,
        id=told.run,
        name=told.name or "Watched training",
        status="running",
        device=ELSEWHERE,
        device_name=told.machine,
        parameters=told.parameters,
        worker=_WORKER,
        heartbeat=datetime.now(UTC),
        started=datetime.now(UTC),
    )


def _write(change: Changes, run: StoredRun, told: Told) -> None:
    columns: dict[str, Any] = {"heartbeat": datetime.now(UTC)}
    if told.reports or run.status in ("running", "interrupted"):
        columns |= {"status": "running", "worker": _WORKER, "sentence": ""}
    drop = told.reports[0].step - 1 if told.resumed else None
    change.add_reports(run.id, told.reports, drop_after_step=drop, **columns)


def _sentence(told: Told) -> str:
    if told.ended == "failed":
        return f"The training broke off: {told.sentence}" if told.sentence else "The training broke off."
    return told.sentence


def _is_time(key: tuple[Any, ...]) -> bool:
    now = time.monotonic()
    with _lock:
        if now - _diagnosed.get(key, float("-inf")) < DIAGNOSIS_SECONDS:
            return False
        _diagnosed[key] = now
        _diagnosed.move_to_end(key)
        while len(_diagnosed) > _MOST_REMEMBERED:
            _diagnosed.popitem(last=False)
        return True
