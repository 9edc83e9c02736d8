"""The graph: a small expression as operations, values forward and adjoints backward, and what both modes cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.derivatives import EXPRESSIONS, MODES, MOST_NODES, OWN, cost_of, expression_of, tape_of
from figures.derivatives import cost_figure, cost_table, graph_payload, layer_sentence, trace_rows
from widgets import LinkedState, graph_walk, picture

_NAMES = {key: expression.name for key, expression in EXPRESSIONS.items()} | {OWN: "Your own formula"}


def graph_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """Expression, mode, what the sweep begins at, and the inputs."""
    linked.control("g", label="Expression", names=_NAMES, hint=False)
    if values["g"] == OWN:
        linked.control("expression", label="f(x, y) =", keeps=True)
        linked.tell_refusal("expression")
        st.caption(f"Up to {MOST_NODES} operations.")
    linked.control("mode", label="Mode", names=MODES, hint=False)
    expression = expression_of(values)
    if values["mode"] == "forward" and len(expression.inputs) > 1:
        linked.control("seed", label="Tangents begin at")
    if values["mode"] == "reverse" and len(expression.outputs) > 1:
        linked.control("out", label="Adjoints begin at")
    for name in expression.inputs:
        linked.control(f"in.{name}", label=f"Input ${name}$")


def graph_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The evaluation trace as CSV; the picture is saved from its own bar."""

    def trace() -> str:
        from exports.derivatives import trace_csv

        return trace_csv(trace_rows(values))

    return [("Evaluation trace, CSV", "trace.csv", "text/csv", trace)]


def graph_part(linked: LinkedState, values: Mapping[str, Any], dark: bool) -> None:
    """The walk, the trace, and the cost of both modes."""

    def walked(step: int | None) -> None:
        last = linked.codec.setting(linked.state, "step")[0].default
        linked.put({"step": last if step is None else step})

    expression = expression_of(values)
    st.latex(expression.latex)
    graph_walk(graph_payload(values), key="derivatives", on_step=walked)
    st.caption(
        "In a box: name and operation, value, then tangent (v̇) or adjoint (v̄). "
        "On an arrow: the local derivative of what it leads to by where it comes from."
    )
    left, right = st.columns(2)
    with left:
        st.markdown("## Evaluation trace")
        st.dataframe(trace_rows(values), hide_index=True)
        st.markdown("## Operations of all derivatives of this graph")
        st.dataframe(cost_table(cost_of(tape_of(expression))), hide_index=True)
        st.caption("Counted: each sum, product or function is one. Values and local derivatives serve every sweep.")
    with right:
        st.markdown("## Many inputs or many outputs")
        st.markdown(layer_sentence(values["n"], values["m"]))
        picture(
            cost_figure(values["n"], values["m"], dark=dark),
            "costs",
            "Cost of a layer's Jacobian in forward and reverse mode over its number of inputs, in evaluations of f.",
        )
        linked.control("n", label="Inputs $n$")
        linked.control("m", label="Outputs $m$")
        st.caption("The layer: m neurons tanh(w · x) of n inputs each. A loss has one output, so reverse mode wins.")
