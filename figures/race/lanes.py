"""How a race's lanes look: colors, dashes and markers that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.race import Entry, RaceResult, short_labels
from figures.theme import COLORS, DASHES, MARKERS, Dash, optimizer_style
from optimizers import Trajectory


@dataclass(frozen=True, kw_only=True)
class DrawnLane:
    """A lane of a finished race and how it looks.

    short is the label for where there is little room, color a hex Okabe-Ito color, dash a canvas dash pattern in pixels
    (() is solid), marker one of the names in figures/theme.py.
    """

    entry: Entry
    label: str
    short: str
    trajectory: Trajectory
    color: str
    dash: Dash
    marker: str


def drawn_lanes(result: RaceResult) -> tuple[DrawnLane, ...]:
    """The lanes in the order of the race, with looks that tell them apart.

    The first copy of an optimizer keeps its own look unless another one of the race has its color by better right
    (solid before dashed). Who cannot keep it takes a color that nobody uses, as far as there is one, else another dash.
    """
    entries = [lane.entry for lane in result.lanes]
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
    shorts = short_labels(result.lanes)
    return tuple(
        DrawnLane(
            entry=lane.entry,
            label=lane.label,
            short=shorts[i],
            trajectory=lane.trajectory,
            color=looks[i][0],
            dash=looks[i][1],
            marker=looks[i][2],
        )
        for i, lane in enumerate(result.lanes)
    )
