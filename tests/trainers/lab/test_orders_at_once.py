"""Two visitors give orders on one run at the same time: each is carried out as a whole or told why not, and no curve
ever has a hole."""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.trainers.lab.test_lab_runs import finding, remedy
from tests.trainers.labs import WORKER, now, quick, quiet_lab, stored_curve, true_curve, until, work
from tests.trainers.store.test_store import rows_of
from tests.trainers.store.test_store_checkpoints import kept_files, known_files
from trainers import RunConfig
from trainers.lab import lab as lab_module
from trainers.lab.error import LabError
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.turns import in_turn
from trainers.lab.worker import do
from trainers.report import Report
from trainers.store.error import StoreError
from trainers.store.tables import EXPERIMENTS

CONFIG = quick({"watch.checkpoint_every": 2, "watch.internals": False})
HALF = 4  # of six epochs
ORDERS: dict[str, Callable[[Lab, str, str], Any]] = {
    "pause": lambda lab, run, kept: lab.pause(run, by=None),
    "resume": lambda lab, run, kept: lab.resume(run, by=None),
    "stop": lambda lab, run, kept: lab.stop(run, by=None),
    "rewind": lambda lab, run, kept: lab.rewind(run, kept, by=None),
    "fork": lambda lab, run, kept: lab.fork(run, {"optimizer.lr": 0.02}, checkpoint_id=kept),
    "train_on": lambda lab, run, kept: lab.train_on(run, 2, by=None),
    "rename": lambda lab, run, kept: lab.rename(run, "Renamed", by=None),
    "delete": lambda lab, run, kept: lab.delete([run], by=None),
    "score": lambda lab, run, kept: lab.score_test(run, by=None),
    "remedy": lambda lab, run, kept: lab.try_remedy(run, finding(), remedy({"regularization.weight_decay": 0.1})),
}
PAIRS = list(itertools.combinations_with_replacement(ORDERS, 2))
SOME = [("resume", "rewind"), ("rewind", "train_on"), ("resume", "delete"), ("train_on", "score"), ("stop", "resume")]


class Hands:
    """A lab, and a worker in a thread that does what is asked, one job after the other."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self._over, self._woken = lab, False, threading.Event()
        lab._supervisor.tell = lambda line: self._woken.set()  # pyright: ignore[reportAttributeAccessIssue]
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while self._woken.wait() and not self._over:
            self._woken.clear()
            while waiting := in_turn(self.lab.store.jobs.listed(("queued",))):
                if self.lab.store.jobs.claim(waiting[0], WORKER):
                    do(self.lab.store, JOBS[waiting[0].kind], waiting[0].id, WORKER)

    def settle(self) -> None:
        """Until nothing waits and nothing is at work; what was paused goes on."""

        def still() -> bool:
            for job in self.lab.store.jobs.listed(("paused",)):
                with contextlib.suppress(LabError):  # it is about to stop
                    self.lab.resume(job.id, by=None)
            return not self.lab.store.jobs.listed(("queued", "starting", "running", "paused"))

        until(still)

    def close(self) -> None:
        self._over = True
        self._woken.set()
        self._thread.join()
        self.lab.close()


class Pattern:
    """A run that was trained once: others begin with what it told and kept."""

    def __init__(self, lab: Lab) -> None:
        run = work(lab.store, lab.submit(CONFIG))
        self.reports: list[Report] = [report for _, report in lab.store.reports(run.id)]
        self.kept = [
            (one, lab.store.checkpoint_bytes(one.id))
            for one in lab.store.checkpoints(run.id)
            if one.kind == "regular" and one.epoch in (2, HALF)
        ]
        assert [one.epoch for one, _ in self.kept] == [2, HALF]

    def half_done(self, lab: Lab) -> tuple[str, str]:
        """A run that was stopped in the middle, and its earlier checkpoint."""
        run = lab.store.create(CONFIG, status="stopped")
        lab.store.add_reports(run.id, [report for report in self.reports if report.epoch <= HALF])
        made = [
            lab.store.keep_checkpoint(run.id, content, "regular", one.epoch, one.step) for one, content in self.kept
        ]
        return run.id, made[0].id


@pytest.fixture(scope="module")
def hands(tmp_path_factory) -> Iterator[Hands]:
    made = Hands(quiet_lab(tmp_path_factory.mktemp("sqlite")))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pattern(tmp_path_factory) -> Pattern:
    lab = quiet_lab(tmp_path_factory.mktemp("pattern"))
    made = Pattern(lab)
    lab.close()
    return made


@pytest.fixture(scope="module")
def curves() -> Callable[[RunConfig], list[Any]]:
    """The true curve of a configuration, trained once."""
    known: dict[str, list[Any]] = {}

    def curve_of(config: RunConfig) -> list[Any]:
        text = config.to_json()
        if text not in known:
            known[text] = true_curve(config)
        return known[text]

    return curve_of


def give_both(hands: Hands, run_id: str, kept_id: str, orders: tuple[str, str], moments: list[float]) -> list[str]:
    """Give the orders at these moments; what was told of each that was refused, empty where it was carried out."""
    told, gate = ["", ""], threading.Barrier(2)

    def give(place: int) -> None:
        gate.wait(30)
        time.sleep(moments[place])  # the moment is what is tried
        try:
            ORDERS[orders[place]](hands.lab, run_id, kept_id)
        except (LabError, ValueError) as error:
            told[place] = str(error) or "nothing"

    threads = [threading.Thread(target=give, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def check_whole(lab: Lab, curves: Callable[[RunConfig], list[Any]], run: Any) -> None:
    """Nothing is missing from its curve, and it is the curve of its settings."""
    reports = [report for _, report in lab.store.reports(run.id)]
    epochs = [report.epoch for report in reports if report.complete]
    begun = round(run.parent_epoch or 0)
    assert epochs == list(range(begun + (begun > 0), begun + (begun > 0) + len(epochs)))
    steps = [report.step for report in reports]
    assert steps == sorted(set(steps))
    if not begun:
        told = stored_curve(lab.store, run.id)
        assert told == curves(run.config)[: len(told)]
    kept = {one.step for one in lab.store.checkpoints(run.id)}
    if reports and run.step > reports[-1].step:  # stopped within an epoch, a little after its last report
        assert run.step in kept
        assert run.epoch > reports[-1].epoch
    elif reports:
        assert (run.step, run.epoch) == (reports[-1].step, reports[-1].epoch)
    assert all(one.step <= run.step for one in lab.store.checkpoints(run.id))


def at_once(hands: Hands, pattern: Pattern, curves: Any, orders: tuple[str, str], monkeypatch: Any, seed: int) -> None:
    """Two orders at moments drawn by the seed, on a run that was stopped or is being resumed."""
    lab, drawn = hands.lab, random.Random(f"{orders} {seed}")
    true_diagnose = lab_module.diagnose

    def slow(history: Any) -> Any:
        time.sleep(slowness)  # it takes a moment, and others have their say
        return true_diagnose(history)

    monkeypatch.setattr(lab_module, "diagnose", slow)
    slowness = drawn.uniform(0, 0.05)
    run_id, kept_id = pattern.half_done(lab)
    if drawn.random() < 0.5:
        lab.resume(run_id, by=None)
    before = {run.id for run in lab.store.runs()}
    told = give_both(hands, run_id, kept_id, orders, [drawn.uniform(0, 0.04) for _ in orders])
    hands.settle()
    assert all(sentence == "" or len(sentence) > 20 for sentence in told)
    done = [order for order, sentence in zip(orders, told, strict=True) if not sentence]
    run = lab.store.run(run_id)
    assert (run is None) == ("delete" in done)
    made = [one for one in lab.store.runs() if one.id not in before]
    expected = done.count("fork") + 2 * done.count("remedy")
    assert len(made) == expected
    for each in made:
        assert each.status == "finished"
        check_whole(lab, curves, each)
    if run is not None:
        check_whole(lab, curves, run)
        assert run.config is not None
        assert run.config.budget.epochs == CONFIG.budget.epochs + 2 * done.count("train_on")
        assert ("rename" in done) == (run.name == "Renamed")
        if run.status != "finished":
            lab.resume(run_id, by=None)
            hands.settle()
            run = now(lab.store, run_id)
        assert run.status == "finished"
        assert stored_curve(lab.store, run_id) == curves(run.config)
    lab.delete([one.id for one in lab.store.runs()], by=None)
    assert kept_files(lab.store) == known_files(lab.store) == []


@pytest.mark.parametrize("orders", PAIRS, ids=" and ".join)
def test_two_orders_at_once_leave_no_hole_and_what_is_refused_is_told(hands, pattern, curves, orders, monkeypatch):
    at_once(hands, pattern, curves, orders, monkeypatch, seed=1)


@pytest.mark.parametrize("orders", SOME, ids=" and ".join)
def test_two_orders_at_once_on_postgresql(postgresql_server, tmp_path, pattern, curves, orders, monkeypatch):
    url = postgresql_server.new_database()
    hands = Hands(quiet_lab(tmp_path, url=url))
    try:
        at_once(hands, pattern, curves, orders, monkeypatch, seed=2)
    finally:
        hands.close()
        postgresql_server.drop(url)


@pytest.fixture
def lab(data_home) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


@pytest.mark.parametrize("other", ["resume", "train_on"])
def test_a_run_that_goes_on_while_its_rewinding_is_thought_about_is_not_rewound(lab, pattern, monkeypatch, other):
    run_id, kept_id = pattern.half_done(lab)

    def meanwhile(history: Any) -> list[Any]:
        ORDERS[other](lab, run_id, kept_id)
        return []

    monkeypatch.setattr(lab_module, "diagnose", meanwhile)
    with pytest.raises(LabError, match="not over"):
        lab.rewind(run_id, kept_id, by=None)
    monkeypatch.undo()
    run = work(lab.store, run_id)
    assert stored_curve(lab.store, run_id) == true_curve(run.config)


def test_a_run_that_went_on_to_its_end_while_its_rewinding_is_thought_about_is_not_rewound(lab, pattern, monkeypatch):
    run_id, kept_id = pattern.half_done(lab)

    def meanwhile(history: Any) -> list[Any]:
        lab.resume(run_id, by=None)
        work(lab.store, run_id)
        return []

    monkeypatch.setattr(lab_module, "diagnose", meanwhile)
    with pytest.raises(LabError, match="Somebody else has changed this run"):
        lab.rewind(run_id, kept_id, by=None)
    assert now(lab.store, run_id).status == "finished"
    assert stored_curve(lab.store, run_id) == true_curve(CONFIG)


def test_a_worker_that_was_taken_for_dead_writes_nothing_into_the_run_of_its_successor(lab, monkeypatch):
    """It sleeps within a step; meanwhile the run is interrupted, resumed and trained to its end by another."""
    run_id = lab.submit(CONFIG)
    true_keep, slept = lab.store.keep_checkpoint, []

    def keep(*arguments: Any, **named: Any) -> Any:
        if not slept and named.get("owner") == WORKER:
            slept.append(True)
            monkeypatch.setattr(lab.store, "keep_checkpoint", true_keep)
            lab.store.update(run_id, status="interrupted", worker="")
            lab.resume(run_id, by=None)
            assert lab.store.claim(run_id, "its successor")
            do(lab.store, JOBS["train"], run_id, "its successor")
        return true_keep(*arguments, **named)

    monkeypatch.setattr(lab.store, "keep_checkpoint", keep)
    work(lab.store, run_id)
    run = now(lab.store, run_id)
    assert slept
    assert (run.status, run.worker) == ("finished", "")
    assert stored_curve(lab.store, run_id) == true_curve(CONFIG)


def test_of_runs_that_start_together_all_do_or_none(lab, monkeypatch):
    monkeypatch.setattr("trainers.store.changes.MAX_RUNS", 2)
    with pytest.raises(StoreError, match="Delete some"):
        lab.submit_together([(role, quick()) for role in ("a", "b", "c")], "Three")
    assert lab.store.count() == rows_of(lab.store, EXPERIMENTS) == 0


def test_of_a_remedy_both_sides_start_or_none_and_no_file_is_left(lab, pattern, monkeypatch):
    run_id, _ = pattern.half_done(lab)
    files = kept_files(lab.store)
    monkeypatch.setattr("trainers.store.changes.MAX_RUNS", 2)
    with pytest.raises(StoreError, match="Delete some"):
        lab.try_remedy(run_id, finding(), remedy({"regularization.weight_decay": 0.1}))
    assert (lab.store.count(), rows_of(lab.store, EXPERIMENTS)) == (1, 0)
    assert kept_files(lab.store) == files == known_files(lab.store)


def test_what_is_about_to_stop_is_neither_paused_nor_resumed(lab):
    run = lab.store.create(quick(), status="running", worker=WORKER)
    lab.stop(run.id, by=None)
    for order in (lab.pause, lab.resume):
        with pytest.raises(LabError, match="about to stop"):
            order(run.id, by=None)
    assert now(lab.store, run.id).wanted == "stop"


def test_an_order_that_comes_after_the_end_is_told_so(lab):
    run = lab.store.create(quick(), status="finished")
    for order in (lab.pause, lab.stop):
        with pytest.raises(LabError, match=r"has ended \(finished\)"):
            order(run.id, by=None)
    lab.delete([run.id], by=None)
    for name in ORDERS:
        if name != "delete":
            with pytest.raises(LabError, match="no such run"):
                ORDERS[name](lab, run.id, "kept")
