"""The largest run of a server: refused with what was given and allowed, before it waits or where it is known first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import WORKER, quick, quiet_lab
from trainers.lab.job_kinds import TRAIN
from trainers.lab.lab import Lab, LabError
from trainers.lab.sizes import most
from trainers.lab.worker import do


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def trained(lab: Lab, id: str) -> Any:
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, TRAIN, id, WORKER)
    return lab.store.run(id)


@pytest.mark.parametrize("text", ["", "0", "-5", "1e3", "many", "٣", "9" * 16])
def test_what_is_no_number_above_zero_is_no_limit(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_EPOCHS", text)
    assert most("DESCENT_LAB_MAX_EPOCHS") is None


@pytest.mark.parametrize(
    ("variable", "limit", "changes", "told"),
    [
        ("DESCENT_LAB_MAX_EPOCHS", "5", {}, "epochs; this server takes up to 5: choose fewer epochs"),
        ("DESCENT_LAB_MAX_ROWS", "119", {}, "has 120 rows; this server takes up to 119: choose fewer rows"),
        ("DESCENT_LAB_MAX_PARAMETERS", "1000", {"model.width": 64}, "parameters; this server takes up to 1,000"),
    ],
)
def test_what_is_too_large_is_refused_at_every_way_in(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, variable: str, limit: str, changes: dict[str, int], told: str
) -> None:
    done = lab.submit(quick(changes))
    trained(lab, done)
    monkeypatch.setenv(variable, limit)
    for attempt in (
        lambda: lab.submit(quick(changes)),
        lambda: lab.submit_together([("a", quick(changes)), ("b", quick(changes))], "two"),
        lambda: lab.shared([("", quick({**changes, "budget.seed": 9}))], "preset"),
        lambda: lab.fork(done, {"budget.seed": 4}),
        lambda: lab.train_on(done, 3),
    ):
        with pytest.raises(LabError, match=told):
            attempt()
    assert told in lab.refusal_of(quick(changes))
    assert lab.store.jobs.listed(("queued",)) == []
    monkeypatch.setenv(variable, "1000000000")
    assert lab.refusal_of(quick(changes)) == ""
    lab.submit(quick(changes))


def test_rows_of_a_table_are_counted_by_the_worker(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_ROWS", "100")
    run = trained(lab, lab.submit(quick({"data.name": "iris"})))
    assert run.status == "failed"
    assert run.sentence.startswith("These data have 150 rows; this server takes up to 100")


def test_a_run_whose_time_is_up_ends_with_a_sentence_and_can_be_looked_at(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_LAB_MAX_SECONDS", "1")
    run = trained(lab, lab.submit(quick({"budget.epochs": 90_000})))
    assert run.status == "stopped"
    assert run.sentence == "Stopped: this server trains one run for up to 1 second."
    assert run.epoch > 0
    assert lab.store.checkpoints(run.id)
