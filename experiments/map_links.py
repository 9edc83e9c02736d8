"""Links between a race and the maps of its rules; apart from the other links, which need more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.maps import MOST_STEPS, NONE
from experiments.race import Race
from experiments.surfaces import FORMULA, WINDOW
from optimizers import OPTIMIZERS
from settings import query_text


def race_of_map(values: Mapping[str, Any]) -> dict[str, str]:
    """A link to the descent page: the rules of a map on its surface, from the start whose path the map draws."""
    there = {"surface": values["surface"], "steps": query_text(values["steps"])}
    if values["surface"] == FORMULA:
        there["f"] = values["f"]
        there["window"] = ",".join(query_text(values[end]) for end in WINDOW)
    there |= {name: query_text(value) for name, value in values.items() if name.startswith("s.")}
    for slot in ("o1", "o2"):
        if values.get(slot, NONE) != NONE:
            own = {name: query_text(value) for name, value in values.items() if name.startswith(f"{slot}.")}
            there |= {slot: values[slot], **own}
    return there | {"start": ",".join(query_text(values[name]) for name in ("at_x", "at_y"))}


def map_of_race(race: Race) -> dict[str, str]:
    """A link to the page of maps: the surface of a race with its first two rules."""
    landscape = race.landscape
    there: dict[str, Any] = {"surface": landscape.key}
    there |= {f"s.{name}": value for name, value in landscape.parameters.items()}
    if landscape.key == FORMULA:
        ends = [end for ends in landscape.domain for end in ends]
        there |= {"f": landscape.name, **dict(zip(WINDOW, ends, strict=True))}
    for slot, entry in zip(("o1", "o2"), race.entries, strict=False):
        # A map begins with a rate of its own; all else begins as in a race.
        rate = {name: value for name, value in OPTIMIZERS[entry.optimizer].defaults().items() if name == "lr"}
        own = {**rate, **entry.values}
        there |= {slot: entry.optimizer, **{f"{slot}.{name}": value for name, value in own.items()}}
    there |= {"steps": min(race.steps, MOST_STEPS), "at_x": race.start[0], "at_y": race.start[1]}
    return {name: query_text(value) for name, value in there.items()}
