"""The state of the page of the neuron: a race on the surface of one neuron, and the settings of the page's parts.

The link holds both: the settings by their names, the race as on the descent page but without its surface, which is
always the neuron's (``s.data``, ``s.kind``, ``o1``, ``start``, ``v.step`` ...). A user's own table has ``file`` and
``target`` in place of ``s.data``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from experiments.neuron import DATA_NAMES, OPENING, OwnTableError, declared, own_landscape, own_table, row_names
from experiments.race import Finished, Race, RaceCodec, ShownRace, finished_race, retuned
from experiments.surfaces import PLANE
from landscapes import LANDSCAPES, Landscape
from settings import FOREIGN, QueryReader, Setting, SettingsCodec, settle

SURFACE = "neuron"
_PLAIN = "versicolor_virginica"
_OTHER_RATES = frozenset({"s.data", "s.kind", "s.first", "s.second"})
_OTHER_SURFACE = _OTHER_RATES | {"s.scaled"}
_RACES = RaceCodec()
_PARTS = SettingsCodec(declared)


@dataclass(frozen=True, kw_only=True)
class ShownNeuron(ShownRace):
    """A race of optimizers on one neuron, and the settings of the parts of the page by name."""

    values: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class NeuronCodec(RaceCodec):
    """What the page shows, as a link and back, and its settings by name."""

    def read(self, query: Mapping[str, str]) -> tuple[ShownNeuron, list[str]]:
        """A valid state, whatever the link says, and one sentence for each part that could not be used."""
        reader = QueryReader(query)
        values, _ = settle(declared, reader.value)
        of_race = {key: text for key, text in query.items() if key not in values and key not in FOREIGN}
        strange = [key for key in ("surface", "f", "window") if key in of_race]
        for key in strange:
            del of_race[key]
            reader.problems.append(f"{key!r} is not a parameter of this page; it is left out.")
        try:
            landscape = _landscape_of(values)
        except OwnTableError as error:
            values = {**values, "file": "", "target": ""}
            reader.problems.append(f"{error} {DATA_NAMES[_PLAIN]} is shown.")
            landscape = _landscape_of(values)
        races = RaceCodec(replace(PLANE, catalogue={SURFACE: landscape}, first=SURFACE))
        shown, problems = races.read({"surface": SURFACE, **(of_race or OPENING)})
        return ShownNeuron(race=_settled(shown.race, values), view=shown.view, values=values), [
            *reader.problems,
            *problems,
        ]

    def write(self, state: ShownRace) -> dict[str, str]:
        """The link that opens this state."""
        return {**_PARTS.write(_values(state)), **_race_to_query(state)}

    def changed(self, state: ShownRace, changes: Mapping[str, Any]) -> ShownNeuron:
        """The state with some settings changed.

        Other rows, another kind or other features are another surface: the race begins at its start with rates tuned to
        it, and the first row is read. Scaling keeps the rates: what it does to them is to be seen.

        Raises:
            ValueError: a value that is not allowed, a table that cannot be used.
        """
        if "s.data" in changes and _values(state)["file"]:
            state = self._on_other_rows(state, {**_values(state), "file": "", "target": ""})
        if "file" in changes or "target" in changes:
            own = {name: changes[name] for name in ("file", "target") if name in changes}
            target = {"target": ""} if "file" in changes else {}
            state = self._on_other_rows(state, _PARTS.changed(_values(state), {**target, **own}))
            changes = {name: value for name, value in changes.items() if name not in own}
        values = _values(state)
        own = {name: value for name, value in changes.items() if name in values}
        other = {name: value for name, value in changes.items() if name not in values}
        if own:
            values = _PARTS.changed(values, own)
        shown = _RACES.changed(ShownRace(race=state.race, view=state.view), other) if other else state
        race, view = shown.race, shown.view
        if not _OTHER_SURFACE.isdisjoint(other):
            race, view = _settled(race, values), {}
            race = replace(race, start=race.landscape.start)
            if not _OTHER_RATES.isdisjoint(other):
                race = replace(race, entries=tuple(retuned(entry, race.landscape) for entry in race.entries))
            values = _PARTS.changed(values, {"row": 1, **own})
        return ShownNeuron(race=race, view=view, values=values)

    def _on_other_rows(self, state: ShownRace, values: Mapping[str, Any]) -> ShownNeuron:
        """The same optimizers on the rows that ``values`` name, from their start, at rates tuned to them."""
        landscape = _landscape_of(values)
        if values["file"] and own_table(values["file"], values["target"]).classes is None:
            landscape = landscape.with_parameters(kind="linear")
        entries = tuple(retuned(entry, landscape) for entry in state.race.entries)
        race = replace(state.race, landscape=landscape, entries=entries, start=landscape.start)
        return ShownNeuron(race=race, values=_PARTS.changed(values, {"row": 1}))

    def setting(self, state: ShownRace, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        values = _values(state)
        return _PARTS.setting(values, name) if name in values else _RACES.setting(state, name)


def _landscape_of(values: Mapping[str, Any]) -> Landscape:
    """The surface of the rows that these settings name. Raises OwnTableError."""
    return own_landscape(values["file"], values["target"]) if values["file"] else LANDSCAPES[SURFACE]


def finished_neuron(state: ShownNeuron, progress: Callable[[float], None] | None = None) -> Finished:
    """The race, run once for everybody; on a user's own rows, which no link of a race names, once while it is shown."""
    return _finished_on_own(state.race) if state.values["file"] else finished_race(state.race, progress)


@lru_cache(maxsize=4)
def _finished_on_own(race: Race) -> Finished:
    return Finished(race)


def _settled(race: Race, values: Mapping[str, Any]) -> Race:
    """The race with features that its table has."""
    landscape = race.landscape
    chosen = {name: int(landscape.parameters[name]) for name in ("first", "second")}
    most = len(row_names(str(landscape.parameters.get("data", "")), values).features)
    inside = {name: min(number, most) for name, number in chosen.items()}
    return race if inside == chosen else replace(race, landscape=landscape.with_parameters(**inside))


def _values(state: ShownRace) -> Mapping[str, Any]:
    return state.values if isinstance(state, ShownNeuron) else {}


def _race_to_query(state: ShownRace) -> dict[str, str]:
    shown = ShownRace(race=state.race, view=state.view)
    query = _RACES.write(shown)
    opening, _ = _RACES.read({"surface": SURFACE, **OPENING})
    if query == _RACES.write(opening):
        return {}
    del query["surface"]
    return query or {"steps": str(state.race.steps)}  # nothing at all would be the opening
