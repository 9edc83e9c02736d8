"""Links from one page to another: the same thing seen elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.initialization import MAX_SETUPS
from experiments.initialization import declared as initialization
from experiments.maps import FORMULA, NONE, WINDOW, MapsCodec, rule_keys
from experiments.normalization import SAMPLES, compared_kinds
from experiments.race import Race
from settings import query_text, write_settings


def initialization_link(values: Mapping[str, Any]) -> dict[str, str]:
    """A link to the initialization page: the same networks side by side, as many as fit there."""
    kinds = compared_kinds(values)[:MAX_SETUPS]
    there: dict[str, Any] = {"n": len(kinds), "samples": SAMPLES}
    there |= {name: values[name] for name in ("depth", "width", "seed")}
    for slot, kind in enumerate(kinds, 1):
        names = ("activation", "initializer", "scale", "residual", "position")
        there |= {f"s{slot}.{name}": values[name] for name in names if name in values}
        there[f"s{slot}.normalization"] = kind
    return write_settings(initialization, there)


def bowl_link(condition: float) -> dict[str, str]:
    """A link to the descent page: a bowl of this condition number."""
    return {"surface": "elongated_bowl", "s.condition": f"{min(max(condition, 1.0), 1e6):.4g}", "s.rotation": "30"}


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
    """A link to the page of maps: the surface of a race with its first two rules that a map can be made of."""
    landscape = race.landscape
    there: dict[str, Any] = {"surface": landscape.key, "at_x": race.start[0], "at_y": race.start[1]}
    there |= {f"s.{name}": value for name, value in landscape.parameters.items()}
    if landscape.key == FORMULA:
        ends = [end for ends in landscape.domain for end in ends]
        there |= {"f": landscape.name, **dict(zip(WINDOW, ends, strict=True))}
    offered = [entry for entry in race.entries if entry.optimizer in rule_keys()]
    for slot, entry in zip(("o1", "o2"), offered, strict=False):
        there |= {slot: entry.optimizer, **{f"{slot}.{name}": value for name, value in entry.values.items()}}
    there["steps"] = min(race.steps, 2000)
    codec = MapsCodec()
    return codec.write(codec.read({name: query_text(value) for name, value in there.items()})[0])
