"""Prepared inputs, stage by stage, and what leaks when their statistics have seen the test part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.links import bowl_link
from experiments.normalization import (
    RATES,
    STAGES,
    WHITENINGS,
    LeakView,
    StageRace,
    leak_view,
    race_stages,
    stage_sentence,
    stage_table,
    two_features,
    weight_window,
)
from figures.normalization import excess_figure, leak_figure, leak_sentences, leak_table, score_figure, stage_figure
from widgets import LinkedState, picture

_MORE = {
    "mean1": "Mean of x₁",
    "spread1": "Spread of x₁",
    "mean2": "Mean of x₂",
    "spread2": "Spread of x₂",
    "noise": "Noise on the target",
    "w1": "Start, weight w₁",
    "w2": "Start, weight w₂",
}


def data_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """What the features are like, and how gradient descent runs."""
    linked.control("correlation", label="Correlation of the features")
    linked.control("rates", label="Learning rate", names=RATES)
    if values["rates"] == "best":
        linked.control("share", label="Share of the best rate")
    else:
        linked.control("rate", label="Rate of all stages")
    linked.control("steps", label="Steps")
    linked.control("whitening", label="Whitening", names=WHITENINGS)
    with st.expander("Features and start"):
        for key, label in _MORE.items():
            linked.control(key, label=label)


def stage_races(values: Mapping[str, Any]) -> tuple[StageRace, ...]:
    """Gradient descent on the same features in five stages of preparation."""
    data = two_features(
        correlation=values["correlation"],
        mean=(values["mean1"], values["mean2"]),
        spread=(values["spread1"], values["spread2"]),
        noise=values["noise"],
        seed=values["seed"],
    )
    return race_stages(
        data,
        ("raw", "centered", "scaled", "rotated", values["whitening"]),
        start=(values["w1"], values["w2"]),
        steps=values["steps"],
        share=values["share"] if values["rates"] == "best" else None,
        rate=values["rate"],
    )


def data_part(values: Mapping[str, Any], dark: bool) -> None:
    """Five stages side by side: the data, the loss over two weights, the path; then all races together."""
    races = stage_races(values)
    window = weight_window(races)
    st.markdown(stage_sentence(races))
    for place, (column, race) in enumerate(zip(st.columns(len(races), gap="small"), races, strict=True)):
        with column:
            alt = f"{race.name}: the training inputs, and the loss over two weights with the path of gradient descent"
            picture(stage_figure(race, window, dark=dark), f"normalization.stage{place}", alt)
    st.caption(
        "κ is the condition number; steps count until the loss above its minimum is 1/1,000 of the start. "
        "Every path starts at the same weights. Statistics come from the training part only."
    )
    picture(excess_figure(races, dark=dark), "normalization.excess", "Loss above its minimum by step, for every stage")
    st.dataframe(stage_table(races), hide_index=True)
    st.page_link(
        "pages/descent.py",
        label="Race other optimizers on a bowl of the centered condition number",
        icon=":material/landscape:",
        query_params=bowl_link(races[1].condition),
    )


def leak_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """How the inputs are prepared, how large both parts are, and how far the test part has moved."""
    linked.control("stage", label="Prepared by", names=STAGES)
    linked.control("drift", label="Drift of the test part")
    linked.control("train", label="Training samples")
    linked.control("test", label="Test samples")
    linked.control("correlation", label="Correlation of the features")
    linked.control("noise", label="Noise on the target")


@st.cache_data(max_entries=64, show_spinner=False)
def _leak_view(
    stage: str, correlation: float, drift: float, train: int, test: int, noise: float, seed: int
) -> LeakView:
    return leak_view(stage, correlation=correlation, drift=drift, train=train, test=test, noise=noise, seed=seed)


def leak_part(values: Mapping[str, Any], dark: bool) -> None:
    """Both ways side by side, the score each reports, and the code of the right one."""
    view = _leak_view(
        values["stage"], **{key: values[key] for key in ("correlation", "drift", "train", "test", "noise", "seed")}
    )
    st.markdown("  \n".join(leak_sentences(view)))
    left, middle, right = st.columns(3)
    with left:
        alt = "Training and test inputs, prepared with statistics of the training part"
        picture(leak_figure(view, leaked=False, dark=dark), "normalization.honest", alt)
    with middle:
        alt = "Training and test inputs, prepared with statistics of both parts"
        picture(leak_figure(view, leaked=True, dark=dark), "normalization.leaked", alt)
    with right:
        alt = "Loss on the test part over many draws, with statistics of the training part and of both"
        picture(score_figure(view, dark=dark), "normalization.scores", alt)
    st.dataframe(leak_table(view), hide_index=True)
    st.code(
        "mean, std = train_x.mean(0), train_x.std(0)  # never of the whole data set\n"
        "train_x, test_x = (train_x - mean) / std, (test_x - mean) / std",
        language="python",
    )
