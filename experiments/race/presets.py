"""Races that each show one phenomenon. The gallery, the menu and the tests run over them.

``look_for`` is the one sentence a student reads first. The settings are chosen so that the phenomenon is in the picture
at once; ``tests/figures/test_presets.py`` holds for each that it really is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.race.link import race_link
from experiments.race.race import make_entry
from experiments.race.tuning import default_entries
from experiments.race.types import Entry, Race
from landscapes import LANDSCAPES
from settings import by_key


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A race with a title, what to look for (at most twenty words) and the player's view it opens with."""

    key: str
    title: str
    look_for: str
    race: Race
    view: Mapping[str, Any] = field(default_factory=dict)


def _race(
    surface: str,
    *entries: Entry,
    start: tuple[float, float],
    steps: int,
    noise: float = 0.0,
    seed: int = 0,
    **parameters: Any,
) -> Race:
    landscape = LANDSCAPES[surface]
    if parameters:
        landscape = landscape.with_parameters(**parameters)
    return Race(landscape=landscape, entries=entries, start=start, steps=steps, noise=noise, seed=seed)


def entry(
    optimizer: str,
    schedule: str = "constant",
    schedule_values: Mapping[str, Any] | None = None,
    *,
    batch: int = 0,
    draw: str = "shuffled",
    **values: Any,
) -> Entry:
    """A lane of a preset; ``values`` are hyperparameters."""
    return make_entry(optimizer, values, schedule, schedule_values, batch=batch, draw=draw)


PRESETS: dict[str, Preset] = by_key(
    [
        Preset(
            key="valley",
            title="Rosenbrock's valley",
            look_for="All find the valley in a few steps; following its curved floor to the minimum is the hard part.",
            race=_race(
                "rosenbrock",
                *default_entries(LANDSCAPES["rosenbrock"]),
                start=LANDSCAPES["rosenbrock"].start,
                steps=500,
            ),
        ),
        Preset(
            key="saddle",
            title="Escaping a saddle",
            look_for="All start almost on the ridge. Who notices the way down, and after how many steps?",
            race=_race(
                "saddle",
                entry("sgd", lr=0.05),
                entry("momentum", lr=0.05),
                entry("adam", lr=0.05),
                entry("newton"),
                start=(1.5, 0.001),
                steps=100,
            ),
        ),
        Preset(
            key="zigzag",
            title="Zig-zag in a ravine",
            look_for="Gradient descent bounces between the walls; momentum adds up the part along the floor.",
            race=_race(
                "elongated_bowl",
                entry("sgd", lr=0.018),
                entry("momentum", lr=0.0051),
                start=(-2.0, -2.0),
                steps=100,
                condition=100.0,
                rotation=25.0,
            ),
        ),
        Preset(
            key="step_size_limit",
            title="The step-size limit 2/L",
            look_for="The largest curvature L is 20: rate 0.091 converges, 0.1 bounces forever, 0.11 diverges.",
            race=_race(
                "elongated_bowl",
                entry("sgd", lr=0.047),
                entry("sgd", lr=0.091),
                entry("sgd", lr=0.1),
                entry("sgd", lr=0.11),
                start=(-2.5, 0.5),
                steps=40,
                condition=20.0,
                rotation=0.0,
            ),
        ),
        Preset(
            key="overshoot",
            title="Momentum overshoots",
            look_for="More momentum is faster at first, then swings past the minimum and comes back.",
            race=_race(
                "elongated_bowl",
                entry("momentum", lr=0.02, momentum=0.5),
                entry("momentum", lr=0.02, momentum=0.9),
                entry("momentum", lr=0.02, momentum=0.98),
                start=(-1.8, 0.9),
                steps=200,
                condition=10.0,
            ),
        ),
        Preset(
            key="nesterov",
            title="Nesterov against heavy ball",
            look_for="Same rate, same momentum: looking ahead brakes before the turn and swings less.",
            race=_race(
                "elongated_bowl",
                entry("momentum", lr=0.02, momentum=0.9),
                entry("nesterov", lr=0.02, momentum=0.9),
                start=(-1.8, 0.9),
                steps=120,
                condition=30.0,
            ),
        ),
        Preset(
            key="adagrad_stalls",
            title="Adagrad runs out of steps",
            look_for="Adagrad divides by all gradients it ever saw; RMSprop forgets old ones and keeps moving.",
            race=_race(
                "rosenbrock", entry("adagrad", lr=0.1), entry("rmsprop", lr=0.01), start=(-1.5, 2.0), steps=1000
            ),
        ),
        Preset(
            key="bias_correction",
            title="Adam without bias correction",
            look_for="Without the correction the first steps are several times too long.",
            race=_race(
                "elongated_bowl",
                entry("adam", lr=0.01),
                entry("adam", lr=0.01, bias_correction=False),
                start=(-2.8, 2.5),
                steps=40,
                condition=4.0,
            ),
            view={"memory": "effective step", "lane": "*"},
        ),
        Preset(
            key="epsilon_place",
            title="Where epsilon stands",
            look_for=(
                "Inside the root 0.001 weighs like 0.03 outside it, more than the gradient."
                " That Adam stays on the plateau."
            ),
            race=_race(
                "plateau",
                *(entry("adam", lr=0.05, eps=1e-3, eps_place=place) for place in ("outside", "uncorrected", "inside")),
                start=(-4.0, -3.4),
                steps=200,
            ),
        ),
        Preset(
            key="diagonal_curvature",
            title="The root of v measures curvature",
            look_for=(
                "The two roots of v lie as far apart as the two curvatures, so dividing by them undoes the stretch."
            ),
            race=_race(
                "elongated_bowl",
                entry("sgd", lr=0.03),
                entry("rmsprop", lr=0.02),
                entry("adam", lr=0.05),
                start=(-2.5, 2.5),
                steps=150,
                condition=50.0,
            ),
            view={"memory": "curvature", "lane": "RMSprop"},
        ),
        Preset(
            key="weight_decay",
            title="Adam with L2 against AdamW",
            look_for="Both are pulled to the origin, but L2 inside the gradient is rescaled and lands elsewhere.",
            race=_race(
                "booth",
                entry("adam", lr=0.1),
                entry("adam_l2", lr=0.1, weight_decay=1.0),
                entry("adamw", lr=0.1, weight_decay=1.0),
                start=(-6.0, 6.0),
                steps=300,
            ),
        ),
        Preset(
            key="plateau",
            title="Crossing a plateau",
            look_for="Where the gradient is tiny, gradient descent stands still; rules that divide by its size do not.",
            race=_race(
                "plateau",
                entry("sgd", lr=0.1),
                entry("momentum", lr=0.1),
                entry("rmsprop", lr=0.02),
                entry("adam", lr=0.05),
                start=(-3.6, 2.4),
                steps=200,
            ),
        ),
        Preset(
            key="flat_minimum",
            title="Sharp or flat",
            look_for="Both minima have the same depth. SGD ends in the sharp one; SAM, looking uphill first, "
            "in the flat one.",
            race=_race(
                "sharp_and_flat",
                entry("sgd", lr=0.02),
                entry("sam", lr=0.02, rho=0.3),
                entry("lookahead", lr=0.005, base="sam", rho=0.3),
                start=(1.3, 1.3),
                steps=150,
            ),
            view={"memory": "climb"},
        ),
        Preset(
            key="restarts",
            title="Local minima and restarts",
            look_for="A small rate settles in the first dip; each restart lifts the rate and leaves the dip again.",
            race=_race(
                "ackley",
                entry("sgd", lr=0.01),
                entry("sgd", "cosine", lr=0.13),
                entry("sgd", "cosine_restarts", {"T_0": 30}, lr=0.13),
                start=(-3.7, 0.2),
                steps=120,
            ),
        ),
        Preset(
            key="noise",
            title="Noise and averaging",
            look_for="At a constant rate noise keeps the point hovering; averaging or a falling rate settles it.",
            race=_race(
                "elongated_bowl",
                entry("sgd", lr=0.1),
                entry("sgd", "inverse_time", {"decay_rate": 0.05}, lr=0.1),
                entry("schedule_free_adamw", lr=0.1),
                start=(-1.8, 0.9),
                steps=400,
                noise=2.0,
                seed=3,
                condition=10.0,
            ),
        ),
        Preset(
            key="newton_saddle",
            title="Newton is drawn to a saddle",
            look_for="Newton solves gradient = 0, and a saddle solves it too. Absolute curvatures cure that.",
            race=_race(
                "himmelblau",
                entry("newton"),
                entry("saddle_free_newton"),
                entry("sgd", lr=0.01),
                start=(0.6, -2.4),
                steps=40,
            ),
        ),
        Preset(
            key="rescue",
            title="A schedule rescues too high a rate",
            look_for="The rate begins above 2/L. Left constant it diverges; decaying, it passes the limit in time.",
            race=_race(
                "elongated_bowl",
                entry("sgd", lr=0.11),
                entry("sgd", "exponential", {"gamma": 0.98}, lr=0.11),
                entry("sgd", "cosine", lr=0.11),
                start=(-2.5, 0.1),
                steps=60,
                condition=20.0,
                rotation=0.0,
            ),
        ),
        Preset(
            key="cost",
            title="Few steps are not few evaluations",
            look_for="Counted in gradient evaluations, each line search and each Hessian is paid for.",
            race=_race(
                "rosenbrock",
                entry("adam", lr=0.1),
                entry("gd_backtracking"),
                entry("damped_newton"),
                entry("bfgs"),
                start=(-1.5, 2.0),
                steps=45,
            ),
            view={"x": "evaluations"},
        ),
        Preset(
            key="deep_linear",
            title="Small initialization in a deep linear net",
            look_for="Two weights multiply, so zero is a saddle: started near it, everyone waits before the fall.",
            race=_race(
                "deep_linear",
                entry("sgd", lr=0.1),
                entry("momentum", lr=0.02),
                entry("adam", lr=0.1),
                start=(-0.02, 0.03),
                steps=120,
            ),
        ),
        Preset(
            key="batches",
            title="One row, ten rows, all rows",
            look_for="By epochs one row a step is far ahead, then shakes. Switch to steps: now all rows lead.",
            race=_race(
                "least_squares",
                entry("sgd", batch=1, lr=0.05),
                entry("sgd", batch=10, lr=0.05),
                entry("sgd", lr=0.05),
                start=(-2.2, 2.4),
                steps=400,
            ),
            view={"x": "epochs"},
        ),
        Preset(
            key="noise_ball",
            title="The noise ball shrinks with the rate",
            look_for="One row a step never settles: half the rate, half the height. A rate falling as 1/k does.",
            race=_race(
                "least_squares",
                entry("sgd", batch=1, lr=0.1),
                entry("sgd", batch=1, lr=0.05),
                entry("sgd", "inverse_time", {"gamma": 0.05}, batch=1, lr=0.1),
                start=(-2.2, 2.4),
                steps=2000,
            ),
        ),
        Preset(
            key="replacement",
            title="Shuffled or drawn",
            look_for="Shuffled, what one batch misses the next makes good: it settles lower than drawn.",
            race=_race(
                "least_squares",
                entry("sgd", batch=20, lr=0.05),
                entry("sgd", batch=20, draw="replaced", lr=0.05),
                start=(-2.2, 2.4),
                steps=1000,
            ),
        ),
        Preset(
            key="averaging",
            title="Averaging instead of a falling rate",
            look_for="All three see one row a step. Averaged points settle at a rate that never falls.",
            race=_race(
                "least_squares",
                entry("sgd", batch=1, lr=0.1),
                entry("sgd", "inverse_time", {"gamma": 0.05}, batch=1, lr=0.1),
                entry("schedule_free_adamw", batch=1, lr=1.0),
                start=(-2.2, 2.4),
                steps=1000,
            ),
        ),
        Preset(
            key="line_search",
            title="A line search trusts one row",
            look_for="It fits the row it sees and forgets the others: on one row never settled, on all rows soon.",
            race=_race(
                "least_squares",
                entry("gd_backtracking", batch=1),
                entry("gd_backtracking"),
                entry("sgd", "inverse_time", {"gamma": 0.05}, batch=1, lr=0.1),
                start=(-2.2, 2.4),
                steps=200,
            ),
        ),
        Preset(
            key="small_gradient",
            title="A small gradient is no stop",
            look_for="A row that fits by chance has no gradient: tiny ones far away, large ones at the minimum.",
            race=_race(
                "least_squares",
                entry("sgd", batch=1, lr=0.02),
                entry("sgd", lr=0.02),
                start=(-2.2, 2.4),
                steps=400,
            ),
            view={"y": "sampled"},
        ),
        Preset(
            key="sparse",
            title="A feature that is seldom there",
            look_for="Nine rows in ten have no gradient along y. Adagrad keeps a rate for it that has hardly fallen.",
            race=_race(
                "least_squares",
                entry("sgd", batch=1, lr=0.05),
                entry("adagrad", batch=1, lr=1.0),
                start=(-2.2, 2.4),
                steps=300,
                data="sparse",
            ),
            view={"y": "distance"},
        ),
        Preset(
            key="lasso",
            title="L1 slides the minimum to an axis",
            look_for="Drag l1: the minimum slides to the axis, a weight exactly zero. With l2 it never arrives.",
            race=_race(
                "least_squares",
                entry("sgd", lr=0.05),
                entry("momentum", lr=0.02),
                start=(-2.2, 2.4),
                steps=200,
                l1=0.1,
            ),
        ),
        Preset(
            key="separable",
            title="Weights that grow for ever",
            look_for="A line parts the species, so larger weights always fit better: no minimum. l2 gives one.",
            race=_race(
                "logistic",
                entry("sgd", lr=1.0),
                entry("momentum", lr=1.0),
                entry("adam", lr=0.1),
                start=(-1.0, -2.0),
                steps=300,
                data="setosa_virginica",
            ),
        ),
        Preset(
            key="sure_and_wrong",
            title="Sure and wrong: squared error stalls",
            look_for="Saturated on the wrong side, the sigmoid passes hardly any gradient: a plateau before the fall.",
            race=_race(
                "sigmoid_squared",
                entry("sgd", lr=2.0),
                entry("momentum", lr=1.0),
                entry("adam", lr=0.1),
                start=(-6.0, -5.0),
                steps=400,
            ),
        ),
    ]
)


def preset_of(race: Race, presets: Mapping[str, Preset] = PRESETS) -> str | None:
    """The key of the preset that shows exactly this race, or None."""
    link = race_link(race)
    return next((key for key, preset in presets.items() if race_link(preset.race) == link), None)
