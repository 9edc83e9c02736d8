"""Penalties side by side: fits, weights and losses of networks that differ in one penalty each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from experiments.generalization import (
    PENALIZED_ROWS,
    PENALTIES,
    Penalized,
    chosen,
    penalized,
    penalized_of,
    penalty_sentences,
    suited,
)
from figures.generalization import penalty_figure
from figures.runs import literal
from numerals import readable
from pages.parts.generalization.shared import shared_runs
from pages.parts.generalization.state import linked, shows_preset
from trainers.lab import the_lab
from widgets import picture, plain_table, store_told, tell_news

_COLUMNS = 4


def penalties_controls(values: Mapping[str, Any]) -> None:
    """What is learned, under which penalties, and how strong they are."""
    linked.control("on", label="Learned", names=PENALIZED_ROWS, hint=False)
    offered = [name for name in PENALTIES if name != "none" and suited(name, values["on"])]
    linked.menu(
        "penalties",
        [name for name in chosen(values) if name != "none"],
        st.pills,
        "Penalties",
        offered,
        lambda names: linked.put({"penalties": ",".join(name for name in PENALTIES if name in names)}),
        format_func=PENALTIES.__getitem__,
        selection_mode="multi",
    )
    linked.control("strength", label="Strength of all, times")
    linked.control("seed", exact=True, label="Seed")


def penalties_part(values: Mapping[str, Any], dark: bool) -> None:
    """The runs side by side, once they are there."""
    tell_news()
    with store_told():
        wanted = penalized(values)
        if len(wanted) == 1:
            st.info("Choose penalties at the side: each is trained beside the network without one.")
        runs = shared_runs(
            wanted,
            f"Penalties: {PENALIZED_ROWS[values['on']]}",
            at_once=shows_preset(),
            label="Train them",
            words=f"{len(wanted)} small networks learn the same rows; it takes some seconds, once for everybody.",
        )
        feeds = [the_lab().watch(run.id) for run in runs]
    made = [
        one
        for (name, config), feed in zip(wanted, feeds, strict=False)
        if feed is not None and (one := penalized_of(name, config, feed)) is not None
    ]
    if made:
        _show(made, dark, sine=values["on"] == "sine")


def _show(runs: Sequence[Penalized], dark: bool, *, sine: bool) -> None:
    for start in range(0, len(runs), _COLUMNS):
        for run, column in zip(runs[start : start + _COLUMNS], st.columns(_COLUMNS), strict=False):
            with column:
                st.markdown(f"**{literal(run.name)}**" + (f" {literal(run.strength)}" if run.strength else ""))
                alt = f"{run.name}: the fit, how its weights are spread, and its losses over epochs"
                picture(penalty_figure(run, runs, dark=dark), f"penalties.{run.penalty}", alt)
    for sentence in penalty_sentences(runs):
        st.markdown(literal(sentence))
    plain_table(
        "The losses and zeros of each network",
        {
            "penalty": [run.name for run in runs],
            "training": [float(run.train[-1]) for run in runs],
            "validation": [float(run.val[-1]) for run in runs],
            "lowest, at epoch": [
                f"{readable(float(run.val[run.best]))}, {run.epochs[run.best]:.0f}{' (stopped)' if run.stopped else ''}"
                for run in runs
            ],
            "zeros": [f"{readable(100 * run.zero_share)} %" for run in runs],
        },
    )
    st.caption(
        "Each panel: the fit to the training rows, the share of weights by value (orange: exactly zero), training loss "
        "dashed and validation loss. Losses are told without penalties and noise. Soft threshold: after each step "
        "every weight moves by rate times λ towards zero and stops there. Max norm shortens the weights into a unit "
        "after each step; the Jacobian penalty is half λ times the squared slopes of outputs along inputs; "
        "orthogonality counts how far each matrix is from orthonormal."
        + (
            " Adam divides gradients by their size but not the threshold, so that L1 has a larger λ there."
            if sine
            else ""
        )
    )
