"""One record a kind: a made-up one is claimed, offered, tried, judged, shown and scored; nothing else is touched."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

import pytest
from streamlit.testing.v1 import AppTest

from trainers import History, RunConfig, diagnose
from trainers.diagnosis import KINDS, catalogue
from trainers.diagnosis.findings import GROUPS, Finding, Remedy, Sign
from trainers.diagnosis.kind import Kind, threshold
from trainers.diagnosis.measures import Measures
from trainers.diagnosis.remedies import put, remedies
from trainers.diagnosis.trial import judge
from trainers.diagnosis.trial_judging import Judgement, Judging
from trainers.diagnosis.trial_sides import Side

EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where a training loss is thirteen."""

    unlucky: float = threshold(13.0, "an unlucky training loss")


def _unlucky(m: Measures, at: Thresholds) -> Sign | None:
    if not m.n or m.train[-1] != at.unlucky:
        return None
    return Sign(strength=2.0, since=float(m.epochs[-1]), evidence="Training loss is 13.")


def _remedies(m: Measures) -> tuple[Remedy, ...]:
    return remedies(("Take another seed.", put(m, budget__seed=14), "beginning"))


def _judged(a: Side, b: Side) -> Judgement:
    return Judgement(held=b.train != 13.0, sentence=f"It was {a.train:g} and is {b.train:g}.")


UNLUCKY = Kind(
    key="unlucky",
    name="Unlucky",
    meaning="A loss of thirteen.",
    group="data",
    rule=_unlucky,
    thresholds=Thresholds(),
    remedies=_remedies,
    judging=Judging(rule=_judged, watched="train_loss"),
    explains=frozenset({"rate", "fit"}),
    cure="luck",
    reference="Folklore",
)


@pytest.fixture
def unlucky(monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What is found of a run whose loss stands at thirteen, once the kind is in the catalogue."""
    monkeypatch.setitem(catalogue._KINDS, UNLUCKY.key, UNLUCKY)
    return diagnose(History(train_loss=[13.0] * 30, val_loss=[13.0] * 30, config=RunConfig()))[0]


def test_a_kind_of_its_own_is_claimed_before_the_groups_that_it_explains(unlucky: Finding) -> None:
    assert (unlucky.kind, unlucky.name, unlucky.evidence) == ("unlucky", "Unlucky", "Training loss is 13.")
    level = History(train_loss=[13.0] * 30, val_loss=[13.0] * 30, baseline_loss=13.0, config=RunConfig())
    others = diagnose(level)[1:]
    assert others
    assert all(finding.secondary for finding in others)


def test_its_remedy_is_offered_and_a_trial_judges_by_its_own_rule(unlucky: Finding) -> None:
    (remedy,) = unlucky.remedies
    assert RunConfig().changed(remedy.changes).budget.seed == 14
    before, after = History(train_loss=[13.0] * 9), History(train_loss=[2.0] * 9)
    judged = judge("unlucky", before, after, since=0, running=False)
    assert judged == Judgement(held=True, sentence="It was 13 and is 2.")
    running = judge("unlucky", before, after, since=0, running=True)
    assert "training loss is 2 with the remedy, 13 without" in running.sentence


def test_the_page_shows_it_with_its_words_and_a_button(unlucky: Finding) -> None:
    def page() -> None:
        from pages.parts.findings import findings_panel
        from trainers import History, RunConfig, diagnose

        found = diagnose(History(train_loss=[13.0] * 30, val_loss=[13.0] * 30, config=RunConfig()))
        findings_panel(found, on_try=lambda finding, remedy: None)

    app = AppTest.from_function(page, default_timeout=300).run()
    assert not app.exception
    assert app.button(key="findings.try.unlucky.0").label.startswith("Take another seed")
    assert any("A loss of thirteen" in caption.value and "Folklore" in caption.value for caption in app.caption)


def test_the_suite_scores_it_and_tells_its_numbers(unlucky: Finding) -> None:
    from benchmarks.diagnosis import coarse, kind_lines

    assert coarse([("unlucky", "good_fit")]) == [("luck", "good_fit")]
    assert "| unlucky | an unlucky training loss | 13 |  |" in kind_lines()


@EACH
def test_a_record_is_whole(kind: Kind) -> None:
    assert kind.name
    assert kind.meaning.endswith(".")
    assert kind.alarm == (kind.group != "calm")
    assert not kind.alarm or kind.reference
    assert kind.explains <= set(KINDS) | set(GROUPS)
    assert kind.key not in kind.explains
    if kind.thresholds is not None:
        assert is_dataclass(kind.thresholds)
        assert len(kind.table()) == len(fields(kind.thresholds)) > 0
        assert all(each.meaning for each in kind.table())


def test_a_group_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="group was given 'luck'"):
        Kind(key="x", name="X", meaning="X.", group="luck", rule=_unlucky, thresholds=Thresholds())  # pyright: ignore[reportArgumentType]
