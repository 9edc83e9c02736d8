"""What the descent page shows: a race and how the player shows it, as one state with a link and settings by name.

The names are those of the link: ``surface``, ``f``, ``x_low``, ``s.condition``, ``o1``, ``o1.lr``, ``o1.schedule``,
``o1.warmup``, ``o1.batch``, ``o1.draw``, ``start_x``, ``steps``, ``noise``, ``seed``, and ``picture`` (map or 3d).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from experiments.race.link import (
    BATCH,
    COORDINATE,
    DRAW,
    MAX_ENTRIES,
    NOISE,
    SEED,
    STEPS,
    WARMUP,
    has_inside,
    race_from_query,
    race_link,
)
from experiments.race.race import make_entry
from experiments.race.tuning import retuned, tuned_entry
from experiments.race.types import Entry, Race
from experiments.race.view import checked_view, view_from_query, view_to_query
from experiments.surfaces import FORMULA, PLANE, WINDOW, Space, ends_of, space_of
from landscapes import Landscape
from optimizers import OPTIMIZERS, SCHEDULES
from settings import Hyperparameter, Setting, choice

SCHEDULE_KEYS = tuple(key for key in SCHEDULES if key != "linear_warmup")
_SCHEDULE = Hyperparameter(
    name="schedule",
    symbol="",
    kind="choice",
    default="constant",
    choices=SCHEDULE_KEYS,
    meaning="How the rate changes from step to step.",
)
_WHOLE = {parameter.name: parameter for parameter in (WARMUP, BATCH, DRAW)}
_STARTS = ("start_x", "start_y")
_OF_ENTRY = re.compile(r"o([1-9]\d?)(?:\.(.+))?")


@dataclass(frozen=True, kw_only=True)
class ShownRace:
    """A race, and what of the player's view differs from its defaults."""

    race: Race
    view: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class RaceCodec:
    """A shown race as a link and back, and its settings by name.

    opening: the link that an address without any parameter stands for.
    """

    space: Space = PLANE
    opening: Mapping[str, str] = field(default_factory=dict, hash=False)

    def read(self, query: Mapping[str, str]) -> tuple[ShownRace, list[str]]:
        """A valid race and view, whatever the link says, and one sentence for each part that could not be used."""
        query = query or self.opening
        race, problems = race_from_query(query, self.space)
        view, more = view_from_query(query)
        return ShownRace(race=race, view=view), problems + more

    def write(self, state: ShownRace) -> dict[str, str]:
        """The link that opens this race in this view."""
        return dict(race_link(state.race)) | view_to_query(state.view)

    def changed(self, state: ShownRace, changes: Mapping[str, Any]) -> ShownRace:
        """The race with some settings changed.

        Another surface starts from its own start, with rates tuned to it; another optimizer comes with its defaults and
        a tuned rate.

        Raises:
            ValueError: a value that is not allowed, a formula that cannot be read, a window without an inside.
        """
        changes = dict(changes)
        picture = changes.pop("picture", None)
        if picture is not None:
            view = {name: value for name, value in state.view.items() if name != "picture"}
            state = replace(state, view=checked_view(view | ({} if picture == "map" else {"picture": picture})))
        moved = {name: changes.pop(name) for name in ("surface", "f", *WINDOW) if name in changes}
        if moved:
            view = {name: value for name, value in state.view.items() if name == "picture"}
            state = ShownRace(race=_moved(state.race, _surface(state.race.landscape, moved)), view=view)
        race = state.race
        for name, value in changes.items():
            race = _with(race, name, value)
        return state if race is state.race else replace(state, race=race)

    def setting(self, state: ShownRace, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        race, space = state.race, self.space
        if name == "surface":
            keys = (FORMULA, *space.catalogue)
            return choice("surface", keys, "What is minimised.", default=space.first), race.landscape.key
        if name == "f":
            return space.text, race.landscape.name
        if name in space.window_names:
            return COORDINATE, float(ends_of(race.landscape)[space.window_names.index(name)])
        if name in _STARTS[: space.dimensions]:
            return COORDINATE, float(race.start["xy".index(name[-1])])
        if name.startswith("s."):
            parameter = _named(race.landscape.hyperparameters, name[2:])
            return parameter, parameter.check(race.landscape.parameters[parameter.name])
        if (of_entry := _OF_ENTRY.fullmatch(name)) is not None:
            return _entry_setting(space, race.entries[int(of_entry[1]) - 1], of_entry[2])
        parameter = _OF_RACE[name]
        return parameter, parameter.check(getattr(race, name))


_OF_RACE: Mapping[str, Hyperparameter] = {"steps": STEPS, "noise": NOISE, "seed": SEED}


def with_start(state: ShownRace, x: float, y: float) -> ShownRace:
    """Begin every path here, as a hand points: in nine digits, which a link can be read with; the view stays."""
    across = float(f"{y:.9g}") if state.race.landscape.dimensions > 1 else 0.0
    return replace(state, race=replace(state.race, start=(float(f"{x:.9g}"), across)))


def with_view(state: ShownRace, view: Mapping[str, Any]) -> ShownRace:
    """How the player shows the race now; it comes from the browser, so only what is valid is taken."""
    own = {"picture": state.view["picture"]} if "picture" in state.view else {}
    told = {name: value for name, value in checked_view(view).items() if name != "picture"}
    return replace(state, view={**told, **own})


def with_one_more(race: Race, key: str | None = None) -> Race:
    """The race with this optimizer, or the next of the menu that is not in it yet, as far as there is room."""
    if len(race.entries) >= MAX_ENTRIES:
        return race
    if key is None:
        racing = {entry.optimizer for entry in race.entries}
        key = next((key for key in space_of(race.landscape).rules if key not in racing), "sgd")
    return replace(race, entries=(*race.entries, tuned_entry(race.landscape, key)))


def without(race: Race, number: int) -> Race:
    """The race without its ``number``-th optimizer (from 1); the last one stays."""
    entries = tuple(entry for i, entry in enumerate(race.entries, 1) if i != number)
    return replace(race, entries=entries) if entries else race


@lru_cache(maxsize=64)
def formula_landscape(space: Space, text: str, window: tuple[float, ...]) -> Landscape:
    """The surface of a formula, the same one for the same text. Raises FormulaError as ``Space.read`` does."""
    return space.read(text, window)


def _surface(now: Landscape, changes: Mapping[str, Any]) -> Landscape:
    space = space_of(now)
    key = changes.get("surface", now.key)
    if key != FORMULA:
        if key not in space.catalogue:
            raise ValueError(f"surface was given {key!r:.80}; allowed is a key of the menu")
        return space.catalogue[key]
    if now.key != FORMULA:
        return formula_landscape(space, space.formula, space.window)
    ends = tuple(float(changes.get(name, end)) for name, end in zip(space.window_names, ends_of(now), strict=True))
    if not has_inside(ends):
        sides = zip("xy", ends[::2], ends[1::2], strict=False)
        given = " and ".join(f"{axis} from {low:g} to {high:g}" for axis, low, high in sides)
        raise ValueError(f"The window was given {given}; each low end must lie below its high end.")
    return formula_landscape(space, changes.get("f", now.name), ends)


def _moved(race: Race, landscape: Landscape) -> Race:
    """The same optimizers on another surface: from its own start, at rates tuned to it."""
    if landscape is race.landscape:
        return race
    entries = tuple(retuned(entry, landscape) for entry in race.entries)
    return replace(race, landscape=landscape, entries=entries, start=landscape.start)


def _with(race: Race, name: str, value: Any) -> Race:
    if name in _STARTS[: race.landscape.dimensions]:
        start = list(race.start)
        start["xy".index(name[-1])] = float(COORDINATE.check(value))  # type: ignore[arg-type]
        return replace(race, start=(start[0], start[1]))
    if name.startswith("s."):
        return replace(race, landscape=race.landscape.with_parameters(**{name[2:]: value}))
    if (of_entry := _OF_ENTRY.fullmatch(name)) is not None:
        number = int(of_entry[1]) - 1
        entries = list(race.entries)
        entries[number] = _changed_entry(race.landscape, entries[number], of_entry[2], value)
        return replace(race, entries=tuple(entries))
    return replace(race, **{name: _OF_RACE[name].check(value)})


def _rule(space: Space) -> Hyperparameter:
    return choice("optimizer", space.rules, "The update rule.")


def _named(parameters: tuple[Hyperparameter, ...], name: str) -> Hyperparameter:
    """Raises KeyError for a name that the lane, as it is now, does not have."""
    return {parameter.name: parameter for parameter in parameters}[name]


def _entry_setting(space: Space, entry: Entry, name: str | None) -> tuple[Hyperparameter, Any]:
    if name is None:
        return _rule(space), entry.optimizer
    if name == "schedule":
        return _SCHEDULE, entry.schedule
    if name in _WHOLE:
        return _WHOLE[name], getattr(entry, name)
    if name.startswith("schedule."):
        parameter = _named(SCHEDULES[entry.schedule].hyperparameters, name.removeprefix("schedule."))
        return parameter, entry.schedule_values.get(parameter.name, parameter.default)
    parameter = _named(OPTIMIZERS[entry.optimizer].hyperparameters, name)
    return parameter, entry.values.get(parameter.name, parameter.default)


def _changed_entry(landscape: Landscape, entry: Entry, name: str | None, value: Any) -> Entry:
    if name is None:
        tuned = tuned_entry(landscape, str(_rule(space_of(landscape)).check(value)))
        return replace(tuned, batch=entry.batch, draw=entry.draw)
    space = space_of(landscape)
    values, schedule, of_schedule = dict(entry.values), entry.schedule, dict(entry.schedule_values)
    whole = {key: getattr(entry, key) for key in _WHOLE}
    if name == "schedule":
        schedule, of_schedule = str(_SCHEDULE.check(value)), {}
    elif name in _WHOLE:
        whole[name] = _WHOLE[name].check(value)
    elif name.startswith("schedule."):
        of_schedule[name.removeprefix("schedule.")] = _entry_setting(space, entry, name)[0].check(value)
    else:
        values[name] = _entry_setting(space, entry, name)[0].check(value)
    return make_entry(entry.optimizer, values, schedule, of_schedule, **whole)
