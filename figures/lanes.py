"""Entries and their paths become lanes: labels that are unique in the race, and looks that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from figures.theme import COLORS, DASHES, MARKERS, Dash, optimizer_style
from figures.types import Entry, Lane
from numerals import readable
from settings import Hyperparameter

if TYPE_CHECKING:
    from optimizers import ChosenSchedule, Trajectory


def style_lanes(entries: Sequence[Entry], trajectories: Sequence[Trajectory]) -> tuple[Lane, ...]:
    """Entries and their paths with labels that are unique in this race, and looks that tell them apart.

    The first copy of an optimizer keeps its own look unless another one of the race has its color by better right
    (solid before dashed). Who cannot keep it takes a color that nobody uses, as far as there is one, else another dash.
    """
    own = [optimizer_style(entry.optimizer) for entry in entries]
    firsts = [entry.optimizer not in [e.optimizer for e in entries[:i]] for i, entry in enumerate(entries)]
    looks: dict[int, tuple[str, Dash, str]] = {}

    def color_taken(color: str) -> bool:
        return any(look[0] == color for look in looks.values())

    for i in sorted(range(len(entries)), key=lambda i: (not firsts[i], len(own[i][1]) > 0, i)):
        color, dash, marker = own[i]
        if not firsts[i] or color_taken(color):
            used = {look[2] for look in looks.values()}
            marker = next((name for name in MARKERS if name not in used), marker)
            spare = next((c for c in COLORS if not color_taken(c)), None)
            pairs = {look[:2] for look in looks.values()}
            if spare is not None:
                color = spare
            else:
                color, dash = next((c, d) for d in DASHES for c in (color, *COLORS) if (c, d) not in pairs)
        looks[i] = color, dash, marker
    labels = lane_labels(entries, trajectories)
    return tuple(
        Lane(
            entry=entry,
            label=labels[i],
            trajectory=trajectories[i],
            color=looks[i][0],
            dash=looks[i][1],
            marker=looks[i][2],
        )
        for i, entry in enumerate(entries)
    )


def lane_labels(entries: Sequence[Entry], trajectories: Sequence[Trajectory]) -> list[str]:
    """The optimizer's name; copies are told apart by what differs among them, else by a number."""
    labels = []
    for entry, trajectory in zip(entries, trajectories, strict=True):
        group = [t for e, t in zip(entries, trajectories, strict=True) if e.optimizer == entry.optimizer]
        name = trajectory.optimizer.name
        parts = _differences(trajectory, group)
        labels.append(", ".join([name, *parts]))
    seen: dict[str, int] = {}
    for i, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            labels[i] = f"{label} ({seen[label]})"
    return labels


def _differences(trajectory: Trajectory, group: Sequence[Trajectory]) -> list[str]:
    parts = []
    for parameter in trajectory.optimizer.hyperparameters:
        values = [other.hyperparameters[parameter.name] for other in group]
        if len(set(values)) > 1:
            parts.append(_phrase(parameter, trajectory.hyperparameters[parameter.name], values))
    texts = [_schedule_phrases(other.schedule) for other in group]
    mine = _schedule_phrases(trajectory.schedule)
    return parts + [text for i, text in enumerate(mine) if any(i >= len(t) or t[i] != text for t in texts)]


def _phrase(parameter: Hyperparameter, value: Any, values: Sequence[Any]) -> str:
    name = "rate" if parameter.name == "lr" else parameter.name.replace("_", " ")
    if parameter.kind == "bool":
        return name if value else f"no {name}"
    if parameter.kind == "choice":
        return f"{name} {value}"
    digits = next((d for d in (3, 6, 9) if len({readable(v, d) for v in values}) == len(set(values))), 12)
    return f"{name} {readable(value, digits)}"


def _schedule_phrases(chosen: ChosenSchedule | None) -> list[str]:
    if chosen is None:
        return ["constant rate"]
    if chosen.then is not None:
        return [*_schedule_phrases(chosen.then), f"warm-up {readable(int(chosen.values['total_iters']))}"]
    phrases = [chosen.schedule.name.lower()]
    for parameter in chosen.schedule.hyperparameters:
        value = chosen.values[parameter.name]
        if value != parameter.default:
            phrases.append(_phrase(parameter, value, [value]))
    return phrases
