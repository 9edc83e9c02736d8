"""A fair race as a link and back, and its settings by name.

    surface=rosenbrock  s.a=1  f=<formula>  window=-3,3,-3,3  rules=sgd,adam  steps=500  noise=0.1
    search=random  trials=40  draw=3

Surface, steps and noise are those of a race, see ``experiments/race/link.py``; ``steps`` are the gradient evaluations
that a race may spend. What stands at its default is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from experiments.race.fair import FairRace
from experiments.race.link import MAX_ENTRIES, NOISE, surface_from, surface_to_query
from experiments.race.page_state import RaceCodec, ShownRace
from experiments.race.race import make_entry
from experiments.race.types import Race
from optimizers import OPTIMIZERS
from settings import Hyperparameter, QueryReader, Setting, choice, query_text, whole

EIGHT = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "newton")
SEARCHES: Mapping[str, str] = {"model": "Model-based (TPE)", "random": "Random"}
_BUDGET = whole(
    "steps",
    500,
    20,
    2000,
    "Gradient evaluations of one race; a value of f counts 1, a Hessian 2.",
    stops=(20, 50, 100, 200, 300, 500, 750, 1000, 1500, 2000),
)
_OWN: Mapping[str, Hyperparameter] = {
    "steps": _BUDGET,
    "search": choice("search", tuple(SEARCHES), "Who proposes the next hyperparameters."),
    "trials": whole("trials", 40, 5, 100, "Proposals that every rule may try.", stops=(5, 10, 20, 40, 60, 80, 100)),
    "draw": whole("draw", 0, 0, 9999, "Fixes the starts and the search, so that the same link shows the same race."),
}
_CODEC = RaceCodec()


class FairCodec:
    """A fair race as a link and back, and its settings by name; ``rules`` is a tuple of keys."""

    def read(self, query: Mapping[str, str]) -> tuple[FairRace, list[str]]:
        """A valid race, whatever the link says, and one sentence for each part that could not be used."""
        reader = QueryReader(query)
        landscape, noise = surface_from(reader), reader.value("noise", NOISE)
        own = {name: reader.value(name, parameter) for name, parameter in _OWN.items()}
        rules, unknown = _rules(reader.text("rules"))
        reader.refuse_unread()
        return FairRace(
            landscape=landscape,
            rules=rules,
            noise=noise,
            budget=own["steps"],
            search=own["search"],
            trials=own["trials"],
            draw=own["draw"],
        ), [*reader.problems, *unknown]

    def write(self, state: FairRace) -> dict[str, str]:
        """The link that opens this race."""
        link = surface_to_query(state.landscape)
        if state.rules != EIGHT:
            link["rules"] = ",".join(state.rules)
        for name, value in {"noise": state.noise, **_own(state)}.items():
            parameter = NOISE if name == "noise" else _OWN[name]
            if value != parameter.default:
                link[name] = query_text(value)
        return link

    def changed(self, state: FairRace, changes: Mapping[str, Any]) -> FairRace:
        """The race with some settings changed.

        Raises:
            ValueError: a value that is not allowed, a formula that cannot be read, a window without an inside.
        """
        changes = dict(changes)
        if "rules" in changes:
            rules, problems = _rules(",".join(changes.pop("rules")))
            if problems:
                raise ValueError(problems[0])
            state = replace(state, rules=rules)
        own = {name: _OWN[name].check(changes.pop(name)) for name in _OWN if name in changes}
        if "steps" in own:
            own["budget"] = own.pop("steps")
        state = replace(state, **own)
        if changes:
            race = _CODEC.changed(ShownRace(race=_race(state)), changes).race
            state = replace(state, landscape=race.landscape, noise=race.noise)
        return state

    def setting(self, state: FairRace, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        if name in _OWN:
            return _OWN[name], _own(state)[name]
        if name == "noise":
            return NOISE, state.noise
        return _CODEC.setting(ShownRace(race=_race(state)), name)


def fair_of(race: Race) -> FairRace:
    """The fair race of the rules of a race, on its surface and budget."""
    rules = tuple(dict.fromkeys(entry.optimizer for entry in race.entries))
    budget = int(min(max(race.steps, _BUDGET.low), _BUDGET.high))
    return FairRace(landscape=race.landscape, rules=rules, noise=race.noise, budget=budget)


def race_of(state: FairRace, values: Mapping[str, Mapping[str, float]], start: tuple[float, float]) -> Race:
    """The race, on the descent page, of rules with these values by rule."""
    entries = tuple(make_entry(rule, values.get(rule, {})) for rule in state.rules)
    return Race(landscape=state.landscape, entries=entries, start=start, steps=state.budget, noise=state.noise)


def _own(state: FairRace) -> dict[str, Any]:
    return {"steps": state.budget, "search": state.search, "trials": state.trials, "draw": state.draw}


def _race(state: FairRace) -> Race:
    """Its surface and noise as a race of nobody, whose rates need no tuning where the surface changes."""
    landscape = state.landscape
    return Race(landscape=landscape, entries=(), start=landscape.start, steps=state.budget, noise=state.noise)


def _rules(text: str | None) -> tuple[tuple[str, ...], list[str]]:
    """The rules of a link, and one sentence where they cannot be used."""
    if text is None:
        return EIGHT, []
    given = [key for key in dict.fromkeys(text[:1000].split(",")) if key]
    known = tuple(key for key in given if key in OPTIMIZERS)[:MAX_ENTRIES]
    if known and list(known) == given:
        return known, []
    shown = known or EIGHT
    return shown, [
        f"rules was given {text[:60]!r}; allowed are one to {MAX_ENTRIES} keys of optimizers, with commas between; "
        f"{', '.join(shown)} are used."
    ]
