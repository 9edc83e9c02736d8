"""Where the nodes of a small graph stand: in layers along the way of the computation, with few crossings.

Layers by the longest path, order by the means of neighbors, both as in Sugiyama, Tagawa and Toda (1981, IEEE
Transactions on Systems, Man, and Cybernetics 11(2)). An edge over several layers bends at a point of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_NARROW = 0.55  # the room of an edge that passes, in nodes


@dataclass(frozen=True, kw_only=True)
class Layout:
    """places: (layer, height) of every node, the least 0. bends: of every edge, the points on its way.

    Edges are in the order of the nodes and, of each, of its operands.
    """

    places: tuple[tuple[float, float], ...]
    bends: tuple[tuple[tuple[float, float], ...], ...]


def layered(operands: Sequence[Sequence[int]]) -> Layout:
    """The layout of a graph whose nodes name those that they depend on, each of these before them."""
    layers = _layers(operands)
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    links: list[tuple[int, int]] = []
    ways: list[list[int]] = []
    count = len(operands)
    for node, given in enumerate(operands):
        for operand in given:
            way = [operand]
            for layer in range(layers[operand] + 1, layers[node]):
                rows[layer].append(count)
                way.append(count)
                count += 1
            links += list(zip(way, [*way[1:], node], strict=True))
            ways.append(way[1:])
    neighbors: list[list[int]] = [[] for _ in range(count)]
    for a, b in links:
        neighbors[a].append(b)
        neighbors[b].append(a)
    heights = _heights(rows, neighbors, len(operands), count)
    layer_of = {node: layer for layer, row in enumerate(rows) for node in row}
    at = [(float(layer_of[node]), heights[node]) for node in range(count)]
    return Layout(places=tuple(at[: len(operands)]), bends=tuple(tuple(at[passing] for passing in way) for way in ways))


def _layers(operands: Sequence[Sequence[int]]) -> list[int]:
    """The longest path to each node; what depends on nothing stands just before its first use."""
    layers = [0] * len(operands)
    for node, given in enumerate(operands):
        layers[node] = max((layers[operand] + 1 for operand in given), default=0)
    for node, given in enumerate(operands):
        if not given:
            uses = [layers[user] for user, theirs in enumerate(operands) if node in theirs]
            layers[node] = min(uses, default=1) - 1
    return layers


def _heights(rows: list[list[int]], neighbors: list[list[int]], real: int, count: int) -> list[float]:
    """A height for every node: near the mean of its neighbors, apart from the others of its layer."""
    heights = [0.0] * count
    for row in rows:
        for place, node in enumerate(row):
            heights[node] = place - (len(row) - 1) / 2
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = {
                node: sum(heights[other] for other in neighbors[node]) / len(neighbors[node])
                if neighbors[node]
                else heights[node]
                for node in row
            }
            row.sort(key=lambda node: (wanted[node], heights[node]))
            _spread(row, wanted, real, heights)
    least = min(heights)
    return [height - least for height in heights]


def _spread(row: list[int], wanted: dict[int, float], real: int, heights: list[float]) -> None:
    """Put a row at the heights it wants, pushed apart where they are too near, its middle kept."""
    if not row:
        return
    placed = [wanted[row[0]]]
    for before, node in pairwise(row):
        apart = 1.0 if before < real and node < real else _NARROW if before >= real and node >= real else 0.8
        placed.append(max(wanted[node], placed[-1] + apart))
    shift = sum(wanted[node] - place for node, place in zip(row, placed, strict=True)) / len(row)
    for node, place in zip(row, placed, strict=True):
        heights[node] = place + shift
