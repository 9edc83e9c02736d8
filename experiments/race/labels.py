"""Labels of a race's lanes, unique in the race: copies of an optimizer are told apart by what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.race.types import Entry, Lane
from numerals import readable
from settings import Hyperparameter

if TYPE_CHECKING:
    from optimizers import ChosenSchedule, Trajectory


def lane_labels(entries: Sequence[Entry], trajectories: Sequence[Trajectory]) -> list[str]:
    """The name of the optimizer, or of its form; copies are told apart by what differs among them, else by a number."""
    labels = []
    for entry, trajectory in zip(entries, trajectories, strict=True):
        same = [(e, t) for e, t in zip(entries, trajectories, strict=True) if e.optimizer == entry.optimizer]
        titles = {other.optimizer.title(other.hyperparameters) for _, other in same}
        name = trajectory.optimizer.name if len(titles) > 1 else titles.pop()
        parts = _differences(entry, trajectory, same)
        labels.append(", ".join([name, *parts]))
    seen: dict[str, int] = {}
    for i, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            labels[i] = f"{label} ({seen[label]})"
    return labels


def short_labels(lanes: Sequence[Lane]) -> list[str]:
    """What tells the lanes apart where there is little room: "rate 0.1" for "SGD, rate 0.1" where SGD runs twice.

    One part that no other copy shares is enough; where there is none, the label stays whole.
    """
    parts = []
    for lane in lanes:
        same = [(other.entry, other.trajectory) for other in lanes if other.entry.optimizer == lane.entry.optimizer]
        parts.append(_differences(lane.entry, lane.trajectory, same) if len(same) > 1 else [])
    telling = [
        next((part for part in own if sum(part in others for others in parts) == 1), lane.label)
        for lane, own in zip(lanes, parts, strict=True)
    ]
    return [short[:1].upper() + short[1:] for short in telling]


def _differences(entry: Entry, trajectory: Trajectory, same: Sequence[tuple[Entry, Trajectory]]) -> list[str]:
    group = [other for _, other in same]
    parts = []
    if len({other.batch for other, _ in same}) > 1:
        parts.append(f"batch {readable(entry.batch)}" if entry.batch else "all rows")
    if len({other.draw for other, _ in same}) > 1:
        parts.append("replaced" if entry.draw == "replaced" else "shuffled")
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
