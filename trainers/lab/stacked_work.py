"""One worker on many runs: those of one search that wait and differ only in numbers are trained as one computation.

The worker that was given the first takes the others from the queue, and all have one place. To everybody else each is a
run like any other: it reports, keeps checkpoints, is paused and stopped by itself, ends by itself, and is interrupted
where the worker dies. One that is paused leaves the rest with a checkpoint. Those that go on from the same step are
trained together again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from trainers.config import stack_key
from trainers.data import DataUnavailable, Part, Splits, load
from trainers.lab.job import End, Ended, Job, Task, carry_out, give_way
from trainers.lab.orders import ASK_SECONDS, HEARTBEAT_SECONDS, SERVER_ENDED, TAKEN_OVER, Orders
from trainers.lab.sizes import too_many_rows
from trainers.lab.work import DIAGNOSIS_SHARE, TrainingWork
from trainers.lab.yardstick import WAIT_SECONDS, Yardstick
from trainers.loop import Checkpoint, products, suitable_device, train_together
from trainers.report import Report, Result
from trainers.store import TRAINING, RunFilter, Store, StoredRun, StoreError, TakenOver

LOG = logging.getLogger(__name__)
MOST, FEWEST = 64, 8  # runs trained together; fewer are left to other workers
# Products of weights and rows in a step of one run from which on nothing is gained (benchmarks/stacked.py).
WORTH_STACKING = 1_000_000


def train_stacked(task: Task, job: Job) -> bool:
    """Train the run of this task with others that wait; False, and nothing has happened, where it has to be alone."""
    run = task.store.run(task.job.id)
    if run is None or run.config is None or run.experiment is None or run.wanted != "run":
        return False
    key = stack_key(run.config)
    others = [] if key is None else _alike(task.store, run, key)
    if len(others) + 1 < FEWEST:
        return False
    try:
        splits = load(run.config.data)
    except DataUnavailable:
        return False  # told by whoever trains it alone
    if products(run.config, splits) > WORTH_STACKING or too_many_rows(sum(map(len, _parts(splits)))):
        return False
    _Stack(task, job).go(splits, others)
    return True


def _begins(store: Store, run: StoredRun) -> int:
    """The step at which it goes on; 0 where it begins. What is told of it beyond that is dropped."""
    if run.resume is None:
        return 0
    return next((kept.step for kept in store.checkpoints(run.id) if kept.id == run.resume), 0)


def _alike(store: Store, run: StoredRun, key: str) -> list[StoredRun]:
    """Runs of the same search that wait and can be trained with this one, the oldest first."""
    waiting = store.runs(RunFilter(statuses=("queued",), experiment=run.experiment), limit=1000)
    step = _begins(store, run)
    alike = [
        each
        for each in reversed(waiting)
        if each.config is not None
        and each.device == run.device
        and each.wanted == "run"
        and stack_key(each.config) == key
        and _begins(store, each) == step
    ]
    return alike[: MOST - 1]


@dataclass(kw_only=True, eq=False)
class _Member:
    """One of the runs, with the task that its end is told by."""

    task: Task
    work: TrainingWork
    splits: Splits
    resume: Checkpoint | None = None
    diagnosed: float = 0.0
    ended: bool = False
    facts_told: bool = False


@dataclass
class _Stack:
    """The first task, and everybody's."""

    task: Task
    job: Job
    members: list[_Member] = field(default_factory=list)
    yardsticks: dict[Any, Yardstick] = field(default_factory=dict)
    diagnose_at: float = 0.0
    together: int = 1  # that trained until the last reports
    measuring: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.store, self.who = self.task.store, self.task.job.worker

    def go(self, splits: Splits, others: Sequence[StoredRun]) -> None:
        first = _Member(task=self.task, work=TrainingWork(task=self.task), splits=splits)
        self.members.append(first)
        try:
            first.resume = first.work.resumed()
            self._take(first, others)
            with _listening(self.store, self.who, [member.task.orders for member in self.members[1:]]):
                self._train(splits)
        except Exception as error:
            for member in self.members[1:]:
                self._broken(member, error)
            self._broken(first, error)
            return
        self._complete_facts()

    # -- on the way in ------------------------------------------------------------------------------------------

    def _take(self, first: _Member, others: Sequence[StoredRun]) -> None:
        """Claim the others; one whose rows are of another size, or cannot be had, is left to others again."""
        known: dict[Any, Splits] = {first.work.config.data: first.splits}
        size, place = _size(first.splits), _position(first.resume)
        for run in others:
            job = self.store.jobs.one(TRAINING, run.id)
            if job is None or not self.store.jobs.claim(job, self.who):
                continue
            claimed = self.store.jobs.one(TRAINING, run.id)
            if claimed is None or claimed.worker != self.who:
                continue
            task = replace(self.task, job=claimed, orders=Orders(self.store, claimed), at_end=dict)
            data = run.config.data if run.config is not None else None
            try:
                if data not in known and run.config is not None:
                    known[data] = load(run.config.data)
                fits = _size(known[data]) == size
            except DataUnavailable:
                fits = False
            work = TrainingWork(task=task)
            if fits and _position(kept := work.resumed()) == place:
                self.members.append(_Member(task=task, work=work, splits=known[data], resume=kept))
            else:
                self.store.jobs.end(claimed, "queued", "")

    def _train(self, splits: Splits) -> None:
        works = [member.work for member in self.members]
        configs = [work.config for work in works]
        device = works[0].run.device or suitable_device(configs[0], splits, runs=len(configs)).key
        self._prepare(device)
        if self.task.orders.server_ended:
            raise Ended(SERVER_ENDED)
        train_together(
            configs,
            report=self._report,
            checkpoint=self._keep,
            called_away=self._called_away,
            ended=self._ended,
            device=device,
            splits=[member.splits for member in self.members],
            resume=[member.resume for member in self.members],
            threads=self.task.threads,
        )

    def _prepare(self, device: str) -> None:
        from trainers.loop import choose_device

        name = choose_device(device).name
        for member in self.members:
            data = member.work.config.data
            member.work.prepare(member.splits, self.yardsticks.get(data))
            assert member.work.yardstick is not None
            self.yardsticks.setdefault(data, member.work.yardstick)
            member.work.first_columns |= {"device_name": name}

    # -- while they train ---------------------------------------------------------------------------------------

    def _report(self, batch: Mapping[int, Sequence[Report]]) -> None:
        """One transaction for the reports of all."""
        begun = time.monotonic()
        self.together = together = sum(not member.ended for member in self.members)
        chosen = self._looked_at(batch) if begun >= self.diagnose_at else -1
        columns = {
            number: self.members[number].work.news(reports, diagnosed=number == chosen, together=together)
            for number, reports in batch.items()
        }
        if chosen >= 0:
            done = time.monotonic()
            self.members[chosen].diagnosed = done
            self.diagnose_at = done + (DIAGNOSIS_SHARE - 1) * (done - begun)
        gone: list[int] = []

        def write() -> None:
            gone.clear()
            with self.store.changing() as change:
                # In the order in which they were made, as everybody locks them.
                for number in sorted(batch, key=lambda number: self.members[number].task.job.created):
                    try:
                        change.add_reports(
                            self.members[number].task.job.id, batch[number], owner=self.who, **columns[number]
                        )
                    except TakenOver:
                        gone.append(number)

        self.task.write(write)
        for number in gone:
            self.members[number].task.orders.end(TAKEN_OVER)
        begin = not any(member.work.delivered for member in self.members)
        for number in batch:
            self.members[number].work.delivered = True
        if begin:
            self.measuring = threading.Thread(target=self._measure, name="yardsticks", daemon=True)
            self.measuring.start()
            if self.task.own_process:
                give_way()

    def _looked_at(self, batch: Mapping[int, Sequence[Report]]) -> int:
        """Whose curve is diagnosed now: one that has not been for the longest time."""
        return min(batch, key=lambda number: self.members[number].diagnosed)

    def _keep(self, number: int, checkpoint: Checkpoint, kind: str) -> None:
        try:
            self.members[number].work.keep(checkpoint, kind)
        except TakenOver:
            self.members[number].task.orders.end(TAKEN_OVER)

    def _called_away(self) -> Collection[int]:
        if self.task.orders.server_ended:
            for member in self.members:
                member.task.orders.end(SERVER_ENDED)
        called = []
        for number, member in enumerate(self.members):
            if not member.ended and (why := member.work.too_long()):
                member.work.over = why
                called.append(number)
            elif not member.ended and (member.task.orders.stop or member.task.orders.pause):
                # Who is paused gives back its place among the others, and goes on from a checkpoint.
                member.work.gave_way = member.task.orders.pause
                called.append(number)
        return called

    def _ended(self, number: int, result: Result) -> None:
        """Its row says at once how it ended; the others train on."""
        member = self.members[number]
        member.ended = True
        facts = member.work.yardstick.facts if member.work.yardstick is not None else None
        member.facts_told = facts is not None and facts.reference_metric is not None
        columns: dict[str, Any] = {"findings": member.work.findings()} if member.work.told else {}
        if facts is not None:
            columns["facts"] = facts
        end = member.work.end_of(result, together=self.together)
        told = replace(self.job, work=lambda task: replace(end, columns={**columns, **end.columns}))
        if not carry_out(told, replace(member.task, at_end=dict)):
            self.task.in_order = False

    def _broken(self, member: _Member, error: BaseException) -> None:
        """What ended all of them is the end of each."""
        self.task.in_order = False
        if member.ended:
            return
        member.ended = True
        if not member.work.delivered and isinstance(error, Ended | DataUnavailable):
            with suppress(StoreError, TakenOver):
                self.store.jobs.end(member.task.job, "queued", "")
            return

        def fail(task: Task) -> End:
            raise error

        # Where the store does not answer, it was waited for already.
        carry_out(replace(self.job, work=fail), replace(member.task, at_end=dict, retry_seconds=()))

    def _measure(self) -> None:
        """What is worked out of the data, of one set of rows after the other."""
        for yardstick in self.yardsticks.values():
            yardstick.start()
            yardstick.wait()

    def _complete_facts(self) -> None:
        """What was worked out of the data since a run has ended is told of it, too."""
        if self.measuring is not None:
            self.measuring.join(WAIT_SECONDS)
        for member in self.members:
            work = member.work
            if member.facts_told or work.yardstick is None or work.yardstick.facts.reference_metric is None:
                continue
            with suppress(StoreError):
                self.store.update(work.run.id, facts=work.yardstick.facts, findings=work.findings())


def _size(splits: Splits) -> tuple[Any, ...]:
    return tuple(part.inputs.shape for part in _parts(splits)), len(splits.classes)


def _parts(splits: Splits) -> tuple[Part, ...]:
    return splits.train, splits.val, splits.test


def _position(kept: Checkpoint | None) -> Any:
    """Where in which epoch it goes on."""
    return None if kept is None else tuple(kept.state["position"])


@contextmanager
def _listening(store: Store, who: str, orders: Sequence[Orders]) -> Iterator[None]:
    """Within, a thread asks the store what is wanted of these runs, all at once, and gives signs of life of them."""
    done = threading.Event()

    def ask() -> None:
        known = {job.id: job for job in store.jobs.of_worker(who)}
        for each in orders:
            now = known.get(each.id)
            if now is None:
                each.end(TAKEN_OVER)  # it has ended, or was deleted
            else:
                each.want(now.wanted)

    def listen() -> None:
        beaten = time.monotonic()
        while not done.wait(ASK_SECONDS):
            with suppress(StoreError):
                ask()
                if time.monotonic() - beaten > HEARTBEAT_SECONDS:
                    beaten = time.monotonic()
                    store.jobs.beat_all(who)

    thread = threading.Thread(target=listen, name="orders of many", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
