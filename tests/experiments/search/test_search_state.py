"""The page of searches as a link, and what it asks for."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments.search import SearchCodec, ShownSearch, halving_sentence, range_sentence, sweep_link
from figures.search import refusal_words
from trainers import RunConfig
from trainers.rates import RangeTest, RateSearch, Suggestion, Trial
from trainers.sweeps import variable

CODEC = SearchCodec()


def test_a_link_opens_what_it_was_written_from() -> None:
    state = ShownSearch()
    assert CODEC.write(state) == {"data.name": "moons"}
    changed = CODEC.changed(state, {"optimizer.name": "sgd", "lowest": 1e-6})
    link = CODEC.write(changed)
    assert CODEC.read(link) == (changed, [])
    assert link == {"data.name": "moons", "optimizer.name": "sgd", "lowest": "1e-06"}


def test_what_a_link_cannot_mean_is_told_and_left_out() -> None:
    state, problems = CODEC.read({"lowest": "2", "highest": "1", "budget.batch_size": "<b>", "v.x": "1"})
    assert state == ShownSearch()
    assert len(problems) == 3
    assert any("allowed is a lower and a higher rate" in problem for problem in problems)
    assert any("v.x" in problem for problem in problems)


def test_a_range_that_is_none_and_what_a_run_refuses_are_refused() -> None:
    with pytest.raises(ValueError, match="allowed is a lower"):
        CODEC.changed(ShownSearch(), {"lowest": 0.1, "highest": 0.05})
    with pytest.raises(ValueError, match="allowed"):
        CODEC.changed(ShownSearch(), {"model.name": "cnn"})


def test_rate_and_schedule_of_the_run_do_not_make_another_search() -> None:
    plain = ShownSearch(config=RunConfig().changed({"optimizer.name": "sgd"}))
    other = ShownSearch(config=plain.config.changed({"optimizer.lr": 0.3, "schedule.name": "cosine"}))
    assert plain.request == other.request
    assert ShownSearch(config=plain.config.changed({"budget.batch_size": 64})).request != plain.request


def test_sentences_say_the_rate_first() -> None:
    found = Suggestion(reason="There the loss falls fastest.", rate=0.03, steepest=0.03, lowest=0.2, breaks=0.9)
    assert range_sentence(found) == (
        "**0.03**. There the loss falls fastest. It is lowest at 0.2 and breaks from 0.9 on."
    )
    assert "does not break within the range" in range_sentence(Suggestion(reason="So.", rate=0.1, lowest=1.0))
    assert range_sentence(Suggestion(reason="It broke at once.")) == "It broke at once."
    trials = (Trial(rate=1.0, losses=(1.0, math.inf), held=False), Trial(rate=0.5, losses=(1.0, 0.5), held=True))
    search = RateSearch(range_test=RangeTest(), trials=trials, rows=300)
    assert halving_sentence(search).startswith("**0.5**. It held after 2 tries, on 300 rows")
    assert "No rate down to 1 held" in halving_sentence(RateSearch(range_test=RangeTest(), trials=trials[:1]))
    assert halving_sentence(RateSearch(range_test=RangeTest())) == ""
    going_on = RateSearch(range_test=RangeTest(), trials=trials[:1], rows=300)
    assert halving_sentence(going_on, ended=False) == "None has held so far, down to 1."


def test_what_is_varied_is_a_link_and_a_request() -> None:
    link = {
        "data.name": "moons",
        "part": "vary",
        "y": "model.width",
        "y.values": "4,16",
        "sampler": "all",
        "trials": "8",
    }
    state, problems = CODEC.read(link)
    assert problems == []
    assert CODEC.write(state) == link
    asked = state.sweep
    assert [axis.name for axis in asked.axes] == ["optimizer.lr", "model.width"]
    assert (asked.axes[0].low, asked.axes[0].high, asked.axes[0].log) == (1e-4, 10.0, True)
    assert asked.axes[1].values == (4, 16)
    assert asked.runs == 3 * 8
    assert sweep_link(asked) == link


def test_values_of_what_is_varied_do_not_make_another_search() -> None:
    state = CODEC.read({"part": "vary"})[0]
    assert CODEC.changed(state, {"optimizer.lr": 0.5}).sweep == state.sweep
    assert CODEC.changed(state, {"model.width": 5}).sweep != state.sweep


def test_a_range_belongs_to_its_setting_and_a_setting_to_its_optimizer() -> None:
    state = CODEC.changed(CODEC.read({"part": "vary"})[0], {"x.low": 0.01, "x.high": 0.5})
    assert CODEC.changed(state, {"trials": 5}).values["x.low"] == 0.01
    width = CODEC.changed(state, {"x": "model.width"})
    assert (width.values["x.low"], width.values["x.high"]) == (2, 128)
    momentum = CODEC.changed(CODEC.changed(state, {"optimizer.name": "momentum"}), {"x": "optimizer.momentum"})
    assert momentum.values["x"] == "optimizer.momentum"
    assert CODEC.changed(momentum, {"optimizer.name": "adam"}).values["x"] == "optimizer.lr"


def test_a_menu_is_varied_over_some_of_its_values() -> None:
    state = CODEC.read({"part": "vary", "x": "model.residual", "y": "model.normalization", "beside": "optimizer.name"})[
        0
    ]
    first, second = state.sweep.axes
    assert first.values == (False, True)
    assert second.values == ("none", "batch", "layer", "group", "rms", "weight")
    assert state.sweep.beside is not None
    assert len(state.sweep.beside.values) == 4


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_every_setting_that_is_offered_can_be_varied_as_it_stands(data: str) -> None:
    """In its usual range, or over the usual values of its menu: no run of it is refused."""
    state = CODEC.read({"part": "vary", "data.name": data})[0]
    offered = variable(state.config)
    assert ("augmentation.flip" in offered) == (data == "digits")
    assert len(offered) > 40
    for name in offered:
        chosen = CODEC.changed(state, {"x": name})
        assert CODEC.read(CODEC.write(chosen)) == (chosen, []), name
        asked = chosen.sweep
        (part,) = asked.parts
        for value in asked.grid[name]:
            asked.configured(part, {name: value}, 0)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"x": "no.such"}, "menu"),
        ({"x": "augmentation.flip"}, "menu"),
        ({"x": "watch.every"}, "menu"),
        ({"x.low": "5", "x.high": "0.1"}, "a lower and a higher"),
        ({"x.values": "1,x"}, "given 'x'"),
        ({"x.values": "1,1"}, "each once"),
        ({"x.values": ",".join(map(str, range(99)))}, "allowed are 24"),
        ({"y": "optimizer.lr"}, "each setting once"),
        ({"trials": "200", "seeds": "2", "sampler": "random"}, "allowed are 200"),
        ({"sampler": "cma"}, "one of grid"),
        ({"lowest": "0.1"}, "not a parameter"),
        ({"seconds": "1e9"}, "seconds"),
        ({"x.values": "<script>"}, "commas"),
    ],
)
def test_what_cannot_be_searched_is_told_and_left_out(query: dict[str, str], told: str) -> None:
    state, problems = CODEC.read({"part": "vary", **query})
    assert any(told in problem for problem in problems), problems
    assert len(problems) == 1
    assert CODEC.write(state).get("part") == "vary"
    assert state.sweep.runs <= 200


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"x.values": "a"}, "Learning rate was given 'a'; allowed is a number in [0, 1e12]."),
        (
            {"x.low": 5.0, "x.high": 1.0},
            "Learning rate was given from 5 to 1; allowed are a lower and a higher number.",
        ),
        ({"x.low": -1.0}, "From (Learning rate) was given -1.0; allowed is a number in [0, 1e12]."),
        ({"y.values": "1.5"}, "Width was given 1.5; allowed is a whole number in [1, 4096]."),
        ({"y": "optimizer.lr"}, "Learning rate is varied twice; allowed is each setting once."),
        ({"x": "decay", "x.values": "-1"}, "Weight decay was given -1.0; allowed is a number in [0, 1000]."),
        ({"seconds": 1e9}, "Seconds of training was given 1000000000.0; allowed is a number in [0.0, 3600.0]."),
        ({"budget.batch_size": -1}, "Batch size was given -1; allowed is a whole number in [0, 1000000]."),
    ],
)
def test_a_refusal_names_the_control_and_what_is_allowed(changes: dict[str, Any], told: str) -> None:
    codec = SearchCodec(words=refusal_words)
    state, problems = codec.read({"part": "vary", "y": "model.width"})
    assert problems == []
    with pytest.raises(ValueError, match="allowed") as refused:
        codec.changed(state, changes)
    assert str(refused.value) == told
