"""What a training elsewhere tells: read within bounds, refused with a sentence, and a run like any other."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from trainers.diagnosis import Finding, History, diagnose
from trainers.lab import feed
from trainers.store.store import Store
from trainers.watch.lines import line
from trainers.watched import Busy, Gone, NotYours, ToldError, read_told, take_in, taking

RUN = "AbCdEf1234"
HEAD: dict[str, Any] = {"watch": 1, "run": RUN, "name": "mine", "layers": ["a", "b"], "sizes": [3, 4]}


def text(*records: dict[str, Any], **head: Any) -> str:
    return "\n".join(line(each) for each in ({**HEAD, **head}, *records))


def report(epoch: int, /, **values: Any) -> dict[str, Any]:
    return {"epoch": epoch, "step": 10 * epoch, "train_loss": 1 / epoch, **values}


def test_numbers_are_read_and_what_was_not_measured_is_told_from_what_broke():
    inside = {"grad_norm": [0.5, None], "dead_share": ["NaN", 0.25]}
    told = read_told(text(report(1, val_loss="NaN", inside=inside), {"epoch": 2, "step": 20, "val_loss": 0.5}))
    first, second = told.reports
    assert first.val_loss == math.inf
    assert math.isnan(second.train_loss)
    assert (first.epoch, first.step, first.complete) == (1.0, 10, True)
    assert first.internals is not None
    assert first.internals.grad_norm == (0.5, None)
    assert first.internals.update_ratio == (None, None)
    assert second.internals is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "nothing"),
        ("[1]", "an object"),
        ("1", "an object"),
        ('{"epoch": 1}', "which says what training"),
        (text(watch=2), "this lab takes 1"),
        (text(watch=True), "this lab takes 1"),
        (text(run="../../etc"), "ten letters"),
        (text(run="äääääääääa"), "ten letters"),
        (text(run="AbCdEf123"), "ten letters"),
        (text(run=5), "text"),
        (text(name="n" * 201), "200 characters"),
        (text(name=["n"]), "text"),
        (text(layers=["a"] * 1001, sizes=[1] * 1001), "up to 1,000"),
        (text(layers=["a"]), "1 layers and 2 sizes"),
        (text(layers=[{"a": 1}, "b"]), "text"),
        (text(sizes=[1, -1]), "whole number"),
        (text(sizes=[1, 1.5]), "whole number"),
        (text(parameters="many"), "whole number"),
        (text(known="yes"), "true and false"),
        (text(other=1), "'other' is nothing here"),
        (text(report(1, other=1)), "'other' is nothing here"),
        (text(report(1, train_loss="0.5")), "a number, or NaN"),
        (text(report(1, train_loss=True)), "a number, or NaN"),
        (text(report(1, train_loss=[0.5])), "a number, or NaN"),
        (text(report(1, epoch="NaN")), "finite number from 0"),
        (text(report(1, epoch=-1)), "finite number from 0"),
        (text(report(1, epoch=1e16)), "finite number from 0"),
        (text({"step": 1}), "epoch was given None"),
        (text({"epoch": 1}), "step was given None"),
        (text(report(1, step=1.5)), "whole number"),
        (text(report(1, step=2**60)), "whole number"),
        (text(report(1, step=True)), "whole number"),
        (text(report(2), report(1)), "only rises"),
        (text(report(1, inside=[1, 2])), "object of lists"),
        (text(report(1, inside={"other": [1, 2]})), "nothing here"),
        (text(report(1, inside={"grad_norm": [1]})), "1 numbers where there are 2 layers"),
        (text(report(1, inside={"grad_norm": [[1], 2]})), "a number, or NaN"),
        (text(report(1, inside={"grad_norm": "ab"})), "a list"),
        (text({"ended": "won"}), "finished, failed, stopped"),
        (text({"ended": ["finished"]}), "finished, failed, stopped"),
        (text({"ended": "failed", "sentence": "s" * 501}), "500 characters"),
        (text() + '\n{"epoch": NaN, "step": 1}\n', "no number of JSON"),
        (text() + "\n" + "[" * 100_000 + "\n", "nested too deeply"),
        (text() + '\n{"epoch": ' + "9" * 5000 + ', "step": 1}\n', "not JSON"),
        (text() + "\nabc\n", "not JSON"),
        (text() + "\n" * 3000, "lines"),
    ],
)
def test_whatever_does_not_belong_there_is_refused_with_its_line(given: str, says: str):
    with pytest.raises(ToldError, match=says) as refused:
        read_told(given)
    assert str(refused.value).startswith("line ")
    assert len(str(refused.value)) < 400


def test_a_number_too_large_for_a_float_is_one_that_broke():
    assert read_told(text({**report(1), "train_loss": 10**400})).reports[0].train_loss == math.inf


def test_a_last_line_that_is_cut_off_is_left_out():
    assert len(read_told(text(report(1), report(2))[:-5]).reports) == 1


def test_a_file_that_went_on_drops_what_came_after_where_it_goes_on():
    told = read_told(text(report(1), report(2), report(3)) + "\n" + text(report(2, resumed=True, train_loss=9.0)))
    assert [(each.epoch, each.train_loss) for each in told.reports] == [(1.0, 1.0), (2.0, 9.0)]
    assert not told.resumed


# In the store --------------------------------------------------------------------------------------------------------


def take(store: Store, *records: dict[str, Any], **head: Any) -> Any:
    return take_in(store, read_told(text(*records, **head)))


def epochs(store: Store) -> list[float]:
    return [each.epoch for _, each in store.reports(RUN)]


def test_a_training_that_reports_is_a_run_that_goes_on_and_ends(store: Store):
    run = take(store, report(1, val_loss=2.0), parameters=7, machine="far away")
    assert (run.id, run.name, run.status, run.watched, run.config) == (RUN, "mine", "running", True, None)
    assert (run.epoch, run.best_val_loss, run.parameters, run.device_name) == (1.0, 2.0, 7, "far away")
    run = take(store, report(2, val_loss=1.0), {"ended": "finished"}, known=True)
    assert (run.status, run.best_epoch, run.sentence) == ("finished", 2.0, "")
    assert run.ended is not None
    assert run.findings
    assert epochs(store) == [1.0, 2.0]


def test_what_is_told_twice_is_there_once(store: Store):
    for _ in range(3):
        take(store, report(1), report(2))
    take(store, report(2), report(3))
    assert epochs(store) == [1.0, 2.0, 3.0]


def test_a_run_that_goes_on_drops_what_it_told_of_later_epochs(store: Store):
    take(store, *(report(epoch) for epoch in range(1, 6)), {"ended": "stopped", "sentence": "Interrupted."})
    run = take(store, report(3, resumed=True, train_loss=7.0))
    assert (run.status, run.sentence) == ("running", "")
    assert epochs(store) == [1.0, 2.0, 3.0]
    take(store, report(3, resumed=True, train_loss=7.0), report(4))
    assert epochs(store) == [1.0, 2.0, 3.0, 4.0]


def test_a_failure_says_why(store: Store):
    run = take(store, report(1), {"ended": "failed", "sentence": "ValueError: <b>no</b>"})
    assert (run.status, run.sentence) == ("failed", "The training broke off: ValueError: <b>no</b>")


def test_a_sign_of_life_revives_a_silent_run_but_not_one_that_has_ended(store: Store):
    take(store, report(1))
    store.update(RUN, status="interrupted", worker="")
    assert take(store).status == "running"
    take(store, {"ended": "finished"})
    assert take(store).status == "finished"


def test_a_deleted_run_does_not_come_back_and_one_of_the_lab_is_not_taken_over(store: Store):
    take(store, report(1), {"ended": "finished"})
    store.delete([RUN])
    with pytest.raises(Gone):
        take(store, report(2), known=True)
    own = store.create(None, name="imported", status="imported")
    with pytest.raises(NotYours):
        take(store, report(1), run=own.id)
    assert store.reports(own.id) == []


def test_so_many_at_once_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking, "MOST_AT_ONCE", 2)
    for number in range(2):
        take(store, report(1), run=f"AbCdEf123{number}")
    with pytest.raises(Busy):
        take(store, report(1), run="AbCdEf1239")
    take(store, {"ended": "finished"}, run="AbCdEf1230")
    take(store, report(1), run="AbCdEf1239")


def test_the_inside_is_diagnosed(store: Store):
    """Every unit of the second layer is dead for all of the training; the curves alone do not say so."""
    dead = {"dead_share": [0.1, 1.0], "grad_norm": [1e-9, 1e-9], "update_ratio": [0.0, 0.0]}
    reports = [report(epoch, train_loss=0.7, val_loss=0.7, inside=dead) for epoch in range(1, 21)]
    run = take(store, *reports, {"ended": "finished"})
    assert run.verdict is not None
    assert run.verdict.kind == "dead_relus"


def test_what_has_ended_was_diagnosed_to_its_end_before(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Whoever watches a run looks no more once it has ended."""
    seen = []

    def looked(history: History) -> list[Finding]:
        run = store.run(RUN)
        assert run is not None
        seen.append((run.status, len(history)))
        return diagnose(history)

    monkeypatch.setattr(feed, "diagnose", looked)
    run = take(store, *(report(epoch, val_loss=1.0) for epoch in range(1, 21)), {"ended": "finished"})
    assert seen == [("running", 20)]
    assert run.status == "finished"


def test_names_are_text_on_one_line(store: Store):
    run = take(store, report(1), name="<script>\u202eevil\n\x00</script>")
    assert run.name == "<script>evil </script>"
    assert json.loads(json.dumps(run.name)) == run.name
