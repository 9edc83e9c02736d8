"""A node of a graph as a line of text, in terms of nodes that have names: "v1 · cos v2"."""

from __future__ import annotations

from collections.abc import Mapping

from landscapes.graph import Graph
from numerals import readable

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_MINUS, _DOT = "\N{MINUS SIGN}", "\N{DOT OPERATOR}"
_SUPERSCRIPTS = str.maketrans("0123456789.-", "⁰¹²³⁴⁵⁶⁷⁸⁹·⁻")


def written(graph: Graph, node: int, names: Mapping[int, str], *, open_first: bool = False) -> str:
    """The text of a node; a named node within it is its name.

    open_first: the node itself is written out though it has a name.
    """
    return _Writer(graph, names).text(node, named=not open_first)[0]


class _Writer:
    def __init__(self, graph: Graph, names: Mapping[int, str]) -> None:
        self._graph, self._names = graph, names

    def _inside(self, node: int, level: int) -> str:
        text, binds = self.text(node)
        return text if binds >= level else f"({text})"

    def text(self, node: int, *, named: bool = True) -> tuple[str, int]:
        """The text and how tightly it binds."""
        operation, *parts = self._graph.nodes[node]
        if named and node in self._names:
            return self._names[node], _ATOM
        if operation == "number":
            return readable(parts[0], 6), _ATOM if parts[0] >= 0 else _SUM
        if operation in ("x", "y"):
            return operation, _ATOM
        if operation == "@":
            return parts[0], _ATOM
        match operation:
            case "add":
                return f"{self._inside(parts[0], _SUM)} + {self._inside(parts[1], _SUM)}", _SUM
            case "sub":
                return f"{self._inside(parts[0], _SUM)} {_MINUS} {self._inside(parts[1], _PRODUCT)}", _SUM
            case "mul":
                return f"{self._inside(parts[0], _PRODUCT)} {_DOT} {self._inside(parts[1], _PRODUCT)}", _PRODUCT
            case "div":
                return f"{self._inside(parts[0], _PRODUCT)} / {self._inside(parts[1], _POWER)}", _PRODUCT
            case "neg":
                return f"{_MINUS}{self._inside(parts[0], _PRODUCT)}", _SUM
            case "pow":
                power = self._graph.constant(parts[1])
                if power is not None and power.is_integer() and abs(power) < 1000:
                    return f"{self._inside(parts[0], _ATOM)}{str(int(power)).translate(_SUPERSCRIPTS)}", _POWER
                return f"{self._inside(parts[0], _ATOM)}^{self._inside(parts[1], _ATOM)}", _POWER
            case "select":
                return self._cases(parts)
            case "lt" | "le" | "eq":
                sign = {"lt": "<", "le": "≤", "eq": "="}[operation]
                return f"{self._inside(parts[0], _SUM)} {sign} {self._inside(parts[1], _SUM)}", _SUM
            case "abs":
                return f"|{self.text(parts[0])[0]}|", _ATOM
        inner = ", ".join(self.text(part)[0] for part in parts)
        if len(parts) == 1 and self.text(parts[0])[1] == _ATOM and inner[:1] not in "|(":
            return f"{operation} {inner}", _POWER
        return f"{operation}({inner})", _ATOM

    def _cases(self, parts: list[int]) -> tuple[str, int]:
        """What only guards the point at 0 is written as what it guards."""
        condition, first, second = parts
        if self._graph.nodes[condition][0] == "eq":
            return self.text(second)
        return f"{self.text(first)[0]} if {self.text(condition)[0]} else {self.text(second)[0]}", _SUM
