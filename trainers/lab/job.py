"""What a job is: its kind, what it needs, how it runs in a worker, and what its end means.

A new kind is one ``Job`` in the catalogue. It is then put into the queue by ``Lab.ask``, begun when its turn comes and
stopped by ``Lab.stop_job``, and whatever becomes of it stands in the store: nobody else knows what kinds there are.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from settings import Settings
from trainers.allowances import Size
from trainers.data import DataUnavailable, Splits, load
from trainers.lab.orders import DELETED, TAKEN_OVER, Orders
from trainers.lab.sizes import TooMuch, time_is_up, too_many_rows
from trainers.store import Changes, Store, StoredJob, StoredRun, StoreError, TakenOver

LOG = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.5
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0)  # between attempts to write
NICENESS = 5
IN_ORDER = ("finished", "early_stopped", "diverged", "stopped", "paused")  # ends that leave a process as it was


class Ended(Exception):
    """The work is to end before it is done; the message is its sentence."""


@dataclass(frozen=True, kw_only=True)
class End:
    """How work ended. columns: what else is written with it; of a job beside training its ``result``."""

    status: str
    sentence: str
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Task:
    """One job in the hands of its worker.

    orders: what the user wants of it. threads: of the CPU, None for as many as suit. own_process: whether nothing else
    runs in this process. retry_seconds: waits between attempts to write. at_end: columns to be written however it ends.
    in_order: of work that says itself how all it took has ended: whether each has in order, and its row says so.
    """

    store: Store
    job: StoredJob
    orders: Orders
    threads: int | None = 1
    own_process: bool = False
    retry_seconds: Sequence[float] = RETRY_SECONDS
    at_end: Callable[[], Mapping[str, Any]] = dict
    in_order: bool = True
    _told_at: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    def progress(self, sentence: str, share: float | None = None) -> None:
        """Tell how far it is, at most every half second. share: from 0 to 1, None where that is not known.

        Whatever is worked on calls this all along: it is what bounds it in time.

        Raises:
            Ended: the work is to end, or has taken as long as this server allows.
        """
        now = time.monotonic()
        if self.orders.stop:
            raise Ended(self.orders.ending or "Stopped.")
        if why := time_is_up(now - self._began, "works on one thing"):
            raise Ended(why)
        if now >= self._told_at:
            self._told_at = now + PROGRESS_SECONDS
            self.write(lambda: self.store.jobs.tell(self.job, status="running", sentence=sentence, progress=share))

    def load(self, data: Settings) -> Splits:
        """The rows of a run, told while they are fetched.

        Raises:
            TooMuch: there are more than this server takes. DataUnavailable, Ended: as their messages say.
        """
        self.progress("The rows are fetched.")
        splits = load(data, self.progress)
        if why := too_many_rows(len(splits.train) + len(splits.val) + len(splits.test)):
            raise TooMuch(why)
        return splits

    def write(self, write: Callable[[], Any]) -> None:
        """Write to the store; where it does not answer or the disk is full, wait a little and try again.

        Raises:
            StoreError: it still cannot be done. TakenOver: it is not this worker's any more.
        """
        for wait in self.retry_seconds:
            try:
                write()
                return
            except StoreError:
                time.sleep(wait)
        write()


@cache
def give_way() -> None:
    """From now on pages are served first. Once for a process, which does one job after another."""
    with suppress(OSError, AttributeError):
        os.nice(NICENESS)


def _nothing_against(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    return ""


def _nothing_follows(change: Changes, job: StoredJob) -> None:
    pass


def _goes_on(job: StoredJob) -> str:
    return ""


def _only_why(store: Store, job: StoredJob, why: str) -> str:
    return why


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of work that a worker process does.

    ``shared``: whether the same request is worked on once, for all who ask.
    What it needs: ``slot``, whether it takes one of the places for work that goes on at once; ``at_once``, how many of
    its kind may; ``preload``, modules that its process is to have; ``followed``, whether that process may do another
    job after it; ``refused``, a sentence where it cannot be done with this run and request, empty where it can;
    ``exhausted``, one where what was held or has ended may not go on.
    ``largest``, how large what it trains or asks is, each of its networks or the largest of them: more than this server
    takes is refused before it waits.
    How it runs: ``work``, in the worker; PyTorch is imported in there, not with the record. It returns None
    where the row says already how it ended.
    What follows, each in the transaction that says so: ``asked``, when it is put into the queue; ``settled``, when it
    has ended, however it did. ``interrupted``: the sentence where it was, from the reason, once
    what it still owes is done.
    In sentences it is ``name``, and where it fails ``cannot``.
    """

    kind: str
    name: str
    cannot: str
    work: Callable[[Task], End | None]
    largest: Callable[[Changes, StoredRun | None, Mapping[str, Any]], Iterable[Size]]
    shared: bool = False
    slot: bool = True
    at_once: int | None = None
    preload: tuple[str, ...] = ()
    followed: bool = False
    refused: Callable[[Changes, StoredRun | None, Mapping[str, Any]], str] = _nothing_against
    exhausted: Callable[[StoredJob], str] = _goes_on
    asked: Callable[[Changes, StoredJob], None] = _nothing_follows
    settled: Callable[[Changes, StoredJob], None] = _nothing_follows
    interrupted: Callable[[Store, StoredJob, str], str] = _only_why


def carry_out(job: Job, task: Task) -> bool:
    """Do the work. Whatever happens, its row says how it ended, unless the store itself stays out of reach.

    Returns:
        Whether it ended in order, and its row says so: nothing of it is left in this process.
    """
    try:
        end = _end_of(job, task)
        if end is None:
            return task.in_order
        if task.orders.ending in (DELETED, TAKEN_OVER):
            return False
        columns = {**task.at_end(), **end.columns}
        task.write(lambda: task.store.jobs.end(task.job, end.status, end.sentence, settled=job.settled, **columns))
        return end.status in IN_ORDER and not task.orders.ending
    except StoreError as error:
        LOG.error("the end of %s %s cannot be stored: %s", job.kind, task.job.id, error)
    except TakenOver:
        LOG.warning("%s %s is let go: it is this worker's no longer", task.job.kind, task.job.id)
    return False


def _end_of(job: Job, task: Task) -> End | None:
    try:
        return job.work(task)
    except TakenOver:
        raise
    except Ended as ended:
        return End(status="interrupted" if task.orders.ending else "stopped", sentence=str(ended))
    except DataUnavailable as error:
        return End(status="no_data", sentence=str(error))
    except StoreError as error:
        return End(status="interrupted", sentence=job.interrupted(task.store, task.job, str(error)))
    except MemoryError:
        return End(status="out_of_memory", sentence="The memory is full; take fewer rows or a smaller model.")
    except TooMuch as error:
        return End(status="failed", sentence=error.sentence)
    except ValueError as error:
        LOG.exception("%s %s failed", job.kind, task.job.id)
        return End(status="failed", sentence=f"{job.cannot}: {error}"[:300])
    except Exception as error:
        LOG.exception("%s %s failed", job.kind, task.job.id)
        return End(status="failed", sentence=f"An error ended {job.name} ({type(error).__name__}); see the log.")
