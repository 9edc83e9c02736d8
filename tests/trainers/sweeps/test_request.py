"""What may be searched, and what is refused with a sentence."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.trainers.labs import quick
from trainers import RunConfig
from trainers.sweeps import DECAY, MAX_RUNS, Axis, Sweep, SweepRequest, Trial, best_trial, of_role, own_name, role_of

RATE = Axis(name="optimizer.lr", low=1e-3, high=1.0, log=True)


def request(**changes: Any) -> SweepRequest:
    return SweepRequest(**{"config": quick().to_json(), "axes": (RATE,), **changes})


def test_a_request_comes_back_from_json() -> None:
    beside = Axis(name="optimizer.name", values=("adam_l2", "adamw"))
    depth = Axis(name="model.residual", values=(False, True))
    asked = request(axes=(RATE, depth), beside=beside, samplers=("grid", "tpe"), pruner="halving", trials=8, seeds=2)
    assert SweepRequest.from_plain(json.loads(json.dumps(asked.to_plain()))) == asked
    assert [part.key for part in asked.parts] == ["grid1", "tpe1", "grid2", "tpe2"]
    assert asked.runs == 2 * (8 + 8) * 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"axes": ()}, "one or two"),
        ({"axes": (RATE, RATE)}, "each setting once"),
        ({"axes": (Axis(name="watch.every", low=1, high=2),)}, "cannot be varied"),
        ({"axes": (Axis(name="model.widths", values=("3",)),)}, "cannot be varied"),
        ({"axes": (Axis(name="no.such", low=1, high=2),)}, "cannot be varied"),
        ({"axes": (Axis(name="optimizer.lr", low=1.0, high=0.1),)}, "a lower and a higher"),
        ({"axes": (Axis(name="optimizer.lr", low=0.0, high=math.inf),)}, "a lower and a higher"),
        ({"axes": (Axis(name="optimizer.lr", low=0.0, high=1.0, log=True),)}, "begins above 0"),
        ({"axes": (Axis(name="model.width", low=1, high=10**9),)}, "width was given"),
        ({"axes": (Axis(name="model.activation", low=1, high=2),)}, "has no range"),
        ({"axes": (Axis(name="model.activation", values=("relu", "nothing")),)}, "activation was given"),
        ({"axes": (Axis(name="model.depth", values=(1, 1)),)}, "each once"),
        ({"samplers": ()}, "samplers was given"),
        ({"samplers": ("cma",)}, "allowed is one of grid, random, tpe"),
        ({"pruner": "median"}, "pruner was given"),
        ({"goal": "test_loss"}, "goal was given"),
        ({"trials": 0}, "trials were given"),
        ({"trials": 150, "seeds": 2}, f"allowed are {MAX_RUNS}"),
        ({"seconds": -1.0}, "seconds were given"),
        ({"draw": -1}, "draw was given"),
        ({"beside": Axis(name="model.depth", values=(1,))}, "side by side"),
        ({"config": "{"}, "JSON"),
    ],
)
def test_what_is_no_search_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        request(**changes)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        None,
        [],
        {"axes": "abc"},
        {"axes": [{"name": 3}]},
        {"axes": [request().to_plain()["axes"][0]] * 10_000},
        {"trials": "many"},
        {"trials": True},
        {"trials": 1e308},
        {"samplers": ["grid"] * 10_000},
        {"config": 7},
        {"beside": 3},
    ],
)
def test_nothing_of_the_kind_is_told(wrong: Any) -> None:
    plain = {**request().to_plain(), **wrong} if isinstance(wrong, dict) and wrong else wrong
    with pytest.raises(ValueError, match=r"no search|given|JSON"):
        SweepRequest.from_plain(plain)


def test_a_trial_is_the_configuration_with_its_values_and_seed() -> None:
    asked = request(
        beside=Axis(name="optimizer.name", values=("adam_l2", "adamw")),
        axes=(RATE, Axis(name=DECAY, low=1e-4, high=1.0, log=True)),
    )
    first, second = asked.parts
    l2 = asked.configured(first, {"optimizer.lr": 0.1, DECAY: 0.01}, 0)
    assert (l2["optimizer.name"], l2["regularization.l2"], l2["optimizer.lr"]) == ("adam_l2", 0.01, 0.1)
    beside = asked.configured(second, {"optimizer.lr": 0.1, DECAY: 0.01}, 2)
    assert (beside["regularization.weight_decay"], beside["regularization.l2"]) == (0.01, 0.0)
    assert beside["budget.seed"] == quick()["budget.seed"] + 2
    assert own_name("model.depth", RunConfig()) == "model.depth"


def test_roles_name_trial_and_seed() -> None:
    assert of_role(role_of("grid2", 13, 4)) == ("grid2", 13, 4)
    for other in ("", "unchanged", "a b", "grid x, seed 1", "grid 1, seed", ", seed 1"):
        assert of_role(other) is None


def test_what_has_come_of_it_comes_back_from_json() -> None:
    trials = (
        Trial(
            part="grid", number=0, values=(0.1, "relu"), state="complete", goal=0.5, goals=(0.4, 0.6), runs=("a", "b")
        ),
        Trial(part="grid", number=1, values=(3.0, "relu"), state="diverged", curve=(1.0, math.inf), epochs=(1.0, 2.0)),
        Trial(part="grid", number=2, values=(0.2, "relu"), state="pruned", goal=0.1),
    )
    sweep = Sweep(experiment="e", trials=trials, pruned={"grid 2": 9}, held=("x",), refused={"grid 3": "No."})
    read = Sweep.from_plain(json.loads(json.dumps(sweep.to_plain(), allow_nan=False)))
    assert read is not None
    assert read.trials[0] == trials[0]
    assert read.trials[0].spread == pytest.approx(math.sqrt(0.02))
    assert math.isnan(read.trials[1].curve[1])
    assert (read.pruned, read.held, read.refused) == ({"grid 2": 9}, ("x",), {"grid 3": "No."})
    assert best_trial(read.trials, maximize=False) == trials[0]
    for nothing in (None, {}, 3, {"experiment": "e", "trials": 5}):
        assert Sweep.from_plain(nothing) is None
