"""Nobody steers a training from here that runs elsewhere; one that falls silent is marked and goes on as it reports."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.trainers.labs import now, quiet_lab
from trainers.lab import LabError, supervisor
from trainers.lab.allowed import WATCHED
from trainers.lab.lab import Lab
from trainers.lab.supervisor import SILENT_SECONDS, Supervisor
from trainers.lab.worker import Site
from trainers.watched import read_told, take_in

RUN = "AbCdEf1234"
HEAD = '{"watch":1,"run":"AbCdEf1234","name":"mine"}\n'


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def told(lab: Lab, epoch: int) -> None:
    take_in(lab.store, read_told(HEAD + f'{{"epoch":{epoch},"step":{epoch},"train_loss":0.5}}'))


@pytest.mark.parametrize("order", ["pause", "stop", "resume"])
def test_it_is_not_steered_from_here(lab: Lab, order: str):
    told(lab, 1)
    with pytest.raises(LabError, match="runs elsewhere") as refused:
        getattr(lab, order)(RUN, by=None)
    assert str(refused.value) == WATCHED
    assert now(lab.store, RUN).status == "running"
    lab.rename(RUN, "another name", by=None)


def test_it_is_deleted_once_it_has_ended(lab: Lab):
    told(lab, 1)
    with pytest.raises(ValueError, match="stop it before"):
        lab.delete([RUN], by=None)
    take_in(lab.store, read_told(HEAD + '{"ended":"stopped"}'))
    lab.delete([RUN], by=None)
    assert lab.store.run(RUN) is None


def test_after_a_minute_of_silence_it_is_interrupted_and_goes_on_with_the_next_report(
    lab: Lab, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    watches = Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=1)
    told(lab, 1)
    watches._sweep()
    clock.now += SILENT_SECONDS - 1
    watches._sweep()
    take_in(lab.store, read_told(HEAD))  # a sign of life
    clock.now += 10
    watches._sweep()
    assert now(lab.store, RUN).status == "running"
    clock.now += SILENT_SECONDS + 1
    watches._sweep()
    silent = now(lab.store, RUN)
    assert silent.status == "interrupted"
    assert silent.sentence == "Its training has been silent for a minute; it goes on here as soon as it reports again."
    told(lab, 2)
    assert (now(lab.store, RUN).status, now(lab.store, RUN).sentence) == ("running", "")


def test_what_it_told_last_is_diagnosed_when_it_has_fallen_silent(lab: Lab, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Reports that come one right after another are not all diagnosed at once."""
    clock = SimpleNamespace(now=5000.0)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    watches = Supervisor(store=lab.store, site=Site(url="", folder=tmp_path), slots=1)
    for epoch in range(1, 5):
        told(lab, epoch)

    def evidence() -> str:
        verdict = now(lab.store, RUN).verdict
        return "" if verdict is None else verdict.evidence

    assert "1 report so far" in evidence()
    watches._sweep()
    clock.now += SILENT_SECONDS + 1
    watches._sweep()
    assert now(lab.store, RUN).status == "interrupted"
    assert "4 reports so far" in evidence()
