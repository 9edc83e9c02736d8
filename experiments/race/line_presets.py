"""Races in one dimension that each show one phenomenon."""

from __future__ import annotations

from typing import Any

from experiments.race.link import race_link
from experiments.race.page_state import RaceCodec
from experiments.race.presets import Preset, entry
from experiments.race.types import Entry, Race
from experiments.race.view import view_to_query
from experiments.surfaces import LINE
from landscapes import LINES
from settings import by_key


def line_codec() -> RaceCodec:
    """Races in one dimension as links and back; a bare address opens the first preset."""
    first = next(iter(LINE_PRESETS.values()))
    return RaceCodec(LINE, opening={**race_link(first.race), **view_to_query(first.view)})


def _race(surface: str, *entries: Entry, start: float, steps: int, **parameters: Any) -> Race:
    landscape = LINES[surface]
    if parameters:
        landscape = landscape.with_parameters(**parameters)
    return Race(landscape=landscape, entries=entries, start=(start, 0.0), steps=steps)


LINE_PRESETS: dict[str, Preset] = by_key(
    [
        Preset(
            key="wells",
            title="Momentum climbs out of a well",
            look_for="SGD stays in the first well; momentum rolls over the hill. The colored axis tells from where.",
            race=_race(
                "double_well",
                entry("sgd", lr=0.015),
                entry("momentum", lr=0.015),
                entry("adam", lr=0.05),
                start=1.6,
                steps=150,
            ),
            view={"lane": "Momentum"},
        ),
        Preset(
            key="rates",
            title="Too small, good and too large a rate",
            look_for="On curvature 1 the rate 1 arrives in one step; 0.1 creeps, 1.9 jumps across, 2.1 leaves.",
            race=_race(
                "parabola",
                entry("sgd", lr=0.1),
                entry("sgd", lr=1.0),
                entry("sgd", lr=1.9),
                entry("sgd", lr=2.1),
                start=2.4,
                steps=40,
            ),
            view={"lane": "SGD, rate 1.9"},
        ),
        Preset(
            key="kink",
            title="A fixed rate bounces on |x|",
            look_for="The slope never shrinks, so the fixed rate bounces forever. A decaying rate settles in the kink.",
            race=_race(
                "absolute_value",
                entry("sgd", lr=0.31),
                entry("sgd", "exponential", {"gamma": 0.92}, lr=0.31),
                start=2.3,
                steps=60,
            ),
        ),
        Preset(
            key="waves",
            title="Who sees the bowl below the waves",
            look_for="SGD stops in the first wave, Adam too. Momentum rolls through them all to the lowest one.",
            race=_race(
                "waves",
                entry("sgd", lr=0.05),
                entry("momentum", lr=0.05),
                entry("adam", lr=0.1),
                start=5.0,
                steps=200,
            ),
            view={"lane": "Momentum"},
        ),
        Preset(
            key="plateau",
            title="Adaptive rules walk off a plateau",
            look_for="The slope is 0.0006: SGD waits. RMSprop, Adam and Rprop take strides that do not shrink with it.",
            race=_race(
                "plateaus",
                entry("sgd", lr=0.5),
                entry("rmsprop", lr=0.03),
                entry("adam", lr=0.05),
                entry("rprop"),
                start=4.2,
                steps=200,
            ),
            view={"lane": "Adam"},
        ),
        Preset(
            key="cliff",
            title="Thrown off a cliff",
            look_for="One look at the wall throws SGD and momentum far past the minimum. Lion only takes its sign.",
            race=_race(
                "cliff",
                entry("sgd", lr=0.3),
                entry("momentum", lr=0.05),
                entry("adam", lr=0.1),
                entry("lion", lr=0.02),
                start=2.2,
                steps=120,
            ),
            view={"lane": "SGD"},
        ),
        Preset(
            key="hilltop",
            title="Newton climbs to the maximum",
            look_for="Where the curve bends down, Newton's parabola opens down too: its vertex is the hilltop.",
            race=_race(
                "double_well",
                entry("newton"),
                entry("saddle_free_newton"),
                entry("sgd", lr=0.05),
                start=0.35,
                steps=30,
            ),
            view={"lane": "Newton"},
        ),
        Preset(
            key="overshoot",
            title="Newton leaves a convex bowl",
            look_for="From beyond 1.09 each Newton step is longer than the last. Damping and a trust region hold it.",
            race=_race(
                "log_cosh",
                entry("newton"),
                entry("damped_newton"),
                entry("trust_region"),
                start=1.15,
                steps=12,
            ),
            view={"lane": "Newton"},
        ),
        Preset(
            key="flat",
            title="A flat bottom slows everyone",
            look_for="Slope and curvature vanish together: Newton's error shrinks by a third a step, SGD's hardly.",
            race=_race(
                "quartic",
                entry("sgd", lr=0.1),
                entry("adam", lr=0.1),
                entry("newton"),
                start=1.7,
                steps=60,
            ),
            view={"lane": "Newton"},
        ),
    ]
)
