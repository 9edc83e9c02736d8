"""Small expressions whose computational graphs are drawn: ready ones, and a formula in x and y of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

from landscapes import FormulaError
from landscapes.from_sympy import to_graph
from landscapes.grammar import read_formula
from landscapes.graph import Graph
from landscapes.typeset import to_latex
from settings import by_key

MOST_NODES = 40
"""The most operations of a graph that is drawn."""
OWN = "own"
DEFAULT_FORMULA = "exp(x*y) + (x*y)^2 / (1 + x^2)"

Build = Callable[[], tuple[Graph, tuple[int, ...]]]


@dataclass(frozen=True, kw_only=True)
class Expression:
    """An expression with its inputs.

    inputs: the value that each begins with, by name. build: its graph, and the node of each of ``outputs``.
    """

    key: str
    name: str
    latex: str
    inputs: Mapping[str, float] = field(hash=False)
    build: Build = field(repr=False)
    outputs: tuple[str, ...] = ("f",)


def _on_graph(write: Callable[[Graph], tuple[int, ...]]) -> tuple[Graph, tuple[int, ...]]:
    graph = Graph()
    return graph, write(graph)


def _neuron(graph: Graph) -> tuple[int, ...]:
    do, number = graph.apply, graph.number
    w, b, target = (graph.input(name) for name in ("w", "b", "t"))
    z = do("add", do("mul", w, graph.x), b)
    sigmoid = do("div", number(1), do("add", number(1), do("exp", do("neg", z))))
    return (do("pow", do("sub", sigmoid, target), number(2)),)


def _product_and_sine(graph: Graph) -> tuple[int, ...]:
    return (graph.apply("add", graph.apply("mul", graph.x, graph.y), graph.apply("sin", graph.x)),)


def _log_sum_exp(graph: Graph) -> tuple[int, ...]:
    do = graph.apply
    a, b, c = (do("exp", graph.input(name)) for name in ("a", "b", "c"))
    return (do("log", do("add", do("add", a, b), c)),)


def _softplus_chain(graph: Graph) -> tuple[int, ...]:
    node, one = graph.x, graph.number(1)
    for _ in range(3):
        node = graph.apply("log", graph.apply("add", one, graph.apply("exp", node)))
    return (node,)


def _rosenbrock(graph: Graph) -> tuple[int, ...]:
    do, number = graph.apply, graph.number
    two = number(2)
    first = do("pow", do("sub", number(1), graph.x), two)
    second = do("pow", do("sub", graph.y, do("pow", graph.x, two)), two)
    return (do("add", first, do("mul", number(100), second)),)


def _shared(graph: Graph) -> tuple[int, ...]:
    do = graph.apply
    u = do("exp", do("mul", graph.x, graph.y))
    return (do("mul", do("add", u, graph.x), do("sub", u, graph.y)),)


def _spiral(graph: Graph) -> tuple[int, ...]:
    do, t = graph.apply, graph.input("t")
    return do("mul", t, do("cos", t)), do("mul", t, do("sin", t)), do("exp", do("neg", t))


EXPRESSIONS: Mapping[str, Expression] = by_key(
    [
        Expression(
            key="neuron",
            name="A neuron and its loss",
            latex=r"L = (\sigma(w x + b) - t)^2",
            inputs={"w": 0.8, "x": 1.5, "b": -0.4, "t": 1.0},
            outputs=("L",),
            build=partial(_on_graph, _neuron),
        ),
        Expression(
            key="product",
            name="x y + sin x",
            latex=r"f = x\, y + \sin x",
            inputs={"x": 2.0, "y": 3.0},
            build=partial(_on_graph, _product_and_sine),
        ),
        Expression(
            key="log_sum_exp",
            name="Log-sum-exp of three",
            latex=r"f = \log(e^a + e^b + e^c)",
            inputs={"a": 1.0, "b": 2.0, "c": 0.5},
            build=partial(_on_graph, _log_sum_exp),
        ),
        Expression(
            key="softplus",
            name="Three softplus in a row",
            latex=r"f = s(s(s(x))), \quad s(u) = \log(1 + e^u)",
            inputs={"x": 0.5},
            build=partial(_on_graph, _softplus_chain),
        ),
        Expression(
            key="rosenbrock",
            name="Rosenbrock",
            latex=r"f = (1 - x)^2 + 100\,(y - x^2)^2",
            inputs={"x": -1.2, "y": 1.0},
            build=partial(_on_graph, _rosenbrock),
        ),
        Expression(
            key="shared",
            name="A part used twice",
            latex=r"f = (e^{x y} + x)(e^{x y} - y)",
            inputs={"x": 0.5, "y": 0.8},
            build=partial(_on_graph, _shared),
        ),
        Expression(
            key="spiral",
            name="One input, three outputs",
            latex=r"p = t \cos t, \quad q = t \sin t, \quad r = e^{-t}",
            inputs={"t": 1.2},
            outputs=("p", "q", "r"),
            build=partial(_on_graph, _spiral),
        ),
    ]
)
"""The expressions on offer, by key."""


@lru_cache(maxsize=64)
def own_expression(text: str) -> Expression:
    """The expression that a formula in x and y names.

    Raises:
        FormulaError: it cannot be read, holds neither x nor y, or has more operations than ``MOST_NODES``.
    """
    read = read_formula(text)
    try:
        graph, root = to_graph(read)
    except ValueError as error:
        raise FormulaError(f"the formula cannot be computed: {error}") from None
    needed = graph.needed([root])
    inputs = {name: value for name, value in {"x": 0.8, "y": 0.5}.items() if getattr(graph, name) in needed}
    if not inputs:
        raise FormulaError("the formula holds neither x nor y, so it has no derivative to draw")
    operations = sum(graph.nodes[node][0] not in ("number", "x", "y") for node in needed)
    if not 1 <= operations <= MOST_NODES:
        raise FormulaError(f"the graph has {operations} operations; allowed are 1 to {MOST_NODES}")
    return Expression(
        key=OWN, name=" ".join(text.split()), latex=f"f = {to_latex(read)}", inputs=inputs, build=partial(_read, text)
    )


def _read(text: str) -> tuple[Graph, tuple[int, ...]]:
    graph, root = to_graph(read_formula(text))
    return graph, (root,)
