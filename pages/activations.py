"""Activations side by side: value, slope and curvature, what they leave of a gradient, gates and softmax."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.activations import (
    CHAIN,
    INPUTS,
    LOGITS,
    MAX_CURVES,
    PRESETS,
    VIEWS,
    curves_of,
    declared,
    with_one_more,
    without,
)
from figures.activations import (
    chain_figure,
    chain_sentences,
    curves_figure,
    gate_slopes,
    gate_surface,
    products_of,
    property_table,
    softmax_bars,
    softmax_by_temperature,
    softmax_sentence,
    softmax_slopes,
)
from networks import ACTIVATIONS, GATED
from networks.activations import LATEX, LATEX_JACOBIAN, pytorch_line
from pages.parts.activations.costs import measured_costs
from pages.parts.files import numbers_file
from settings import SettingsCodec, preset_of
from widgets import (
    LinkedState,
    behind_app,
    colored_sentences,
    dark_theme,
    page_head,
    page_style,
    picture,
    picture_drawn,
    take_away_menu,
)

# What to look for where no preset says it.
LOOK_FOR = {
    "one": "Look at the slopes: what is left of a gradient after many layers is their product.",
    "two": "One input decides how much of the other one passes.",
    "softmax": "Move the temperature: a low one picks the largest logit, a high one makes all alike.",
}

behind_app()
linked = LinkedState("activations", SettingsCodec(declared))
values = linked.open()
view, curves, dark = values["view"], curves_of(values), dark_theme()
names = {key: activation.name for key, activation in ACTIVATIONS.items()}


def function_controls() -> None:
    """Every function with its sliders, and the zones."""
    st.markdown("**Functions**")
    for curve in curves:
        slot = curve.slot
        name, remove = st.columns([5, 1], vertical_alignment="bottom", gap="small")
        with name:
            linked.control(f"f{slot}", label=f"Function {slot}", names=names, hidden=True)
        remove.button(
            "",
            icon=":material/close:",
            key=f"activations.remove.{slot}",
            help=f"Remove function {slot}",
            on_click=lambda slot=slot: linked.put(without(values, slot)),
            disabled=len(curves) == 1,
        )
        for parameter in curve.activation.hyperparameters:
            linked.control(f"f{slot}.{parameter.name}")
    st.button(
        "Add a function",
        icon=":material/add:",
        width="stretch",
        disabled=len(curves) == MAX_CURVES,
        on_click=lambda: linked.put(with_one_more(values)),
        help="The same function may stand here twice.",
    )
    linked.control("reach", label="Inputs up to")
    linked.control("threshold", label="Saturated where the slope is below")
    linked.menu(
        "shade",
        values["shade"],
        st.selectbox,
        "Shade the zones of",
        [0, *(curve.slot for curve in curves)],
        format_func=lambda slot: curves[slot - 1].label if slot else "nobody",
    )


def controls() -> None:
    """The sidebar."""
    with st.sidebar:
        linked.link_presets(PRESETS)
        if view == "one":
            function_controls()
        elif view == "two":
            linked.control("gate", label="Function", names={key: gate.name for key, gate in GATED.items()})
        else:
            linked.control("temperature", label="Temperature $T$")
            for logit in LOGITS:
                linked.control(logit, label=f"Logit $z_{logit[1]}$")


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, the functions as code."""

    def code() -> str:
        shown = {curve.activation.key: curve for curve in curves}
        lines = [curve.activation.pytorch_line(curve.hyper) for curve in shown.values()]
        return "\n".join(["import torch", "import torch.nn.functional as F", "from torch import nn", "", *lines, ""])

    files = [
        numbers_file(),
        ("PyTorch code", "py", "text/x-python", code),
    ]
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "activations", files, pictures=True)


page_style()
with page_head("Activations"):
    linked.one_of("view", view, "View", VIEWS)
    take_away()
linked.tell_problems()
preset = preset_of(linked.link, PRESETS)
st.caption(PRESETS[preset].look_for if preset else LOOK_FOR[view])

if view == "one":
    chain = {name: values[name] for name in CHAIN}
    products = [products_of(curve, chain) for curve in curves]
    left, right = st.columns([3, 2])
    with left:
        picture(
            curves_figure(
                curves, reach=values["reach"], threshold=values["threshold"], shaded=values["shade"], dark=dark
            ),
            "curves",
            "Value, slope and curvature of the chosen functions, with zones of small and of no slope.",
        )
        st.caption("Strips: hatched where saturated, solid where dead, the slope being exactly zero.")
        colored_sentences(chain_sentences(curves, products, weight=values["weight"]))
    with right:
        st.markdown("**The gradient through $L$ layers:** $\\;\\prod_l w\\,\\varphi'(z_l)$")
        picture(
            chain_figure(curves, products, weight=values["weight"], dark=dark),
            "chain",
            "Root mean square of the product of derivatives by layer, on a logarithmic axis.",
        )
        picture_drawn()
        first, second = st.columns(2)
        with first:
            linked.control("depth", label="Layers $L$")
            linked.control("inputs", label="Inputs", names=INPUTS)
        with second:
            linked.control("weight", label="Weight $w$")
            linked.control("spread", label=r"Spread $\sigma$ of inputs")
        first, second = st.columns(2, vertical_alignment="bottom")
        with first:
            linked.control("fresh", label="Fresh inputs")
        with second:
            linked.control("seed", exact=True, label="Seed")
        st.caption("Bands hold nine of ten inputs; dots show the steepest slope to the power of the layer.")
    controls()
    table = st.empty()
    table.dataframe(property_table(curves), hide_index=True)
    st.caption("Cost: NumPy on this machine, 50,000 numbers, median of nine turns against ReLU.")
    for key in dict.fromkeys(curve.activation.key for curve in curves):
        activation, hyper = next((c.activation, c.hyper) for c in curves if c.activation.key == key)
        with st.expander(f"{activation.name}: formula, code, source", expanded=len(curves) == 1):
            formula, code = st.columns(2)
            formula.latex(rf"\varphi(x) = {activation.latex}")
            formula.latex(rf"\varphi'(x) = {activation.latex_derivative}")
            code.code(activation.pytorch_line(hyper), language="python", wrap_lines=True)
            code.markdown(f"**When to use:** {activation.when_to_use}")
            code.caption(" ".join(filter(None, [activation.notes, f"Source: {activation.source}"])))
    table.dataframe(property_table(curves, measured_costs(curves)), hide_index=True)
elif view == "two":
    gate = GATED[values["gate"]]
    left, right = st.columns(2)
    with left:
        picture(gate_surface(gate, dark=dark), "gate", f"{gate.name} as a surface over its two inputs.")
    with right:
        picture(gate_slopes(gate, dark=dark), "gate-slopes", f"Partial derivatives of {gate.name} as two maps.")
        picture_drawn()
        st.latex(f"f(a, b) = {gate.latex}")
    st.markdown(f"**When to use:** {gate.when_to_use} In a layer, $a$ and $b$ are two linear maps of one input.")
    st.code(gate.torch, language="python")
    st.caption(" ".join(filter(None, [gate.notes, f"Source: {gate.source}"])))
else:
    logits, temperature = [values[name] for name in LOGITS], values["temperature"]
    bars, curve, slopes = st.columns(3)
    with bars:
        picture(softmax_bars(logits, temperature, dark=dark), "softmax", "Probability of each class.")
        st.caption("Outlines: at temperature 1.")
    with curve:
        picture(
            softmax_by_temperature(logits, temperature, dark=dark), "softmax-by-t", "Probabilities over temperature."
        )
    with slopes:
        picture(softmax_slopes(logits, temperature, dark=dark), "softmax-slopes", "Derivatives of the probabilities.")
        picture_drawn()
        st.caption("How each probability moves with each logit.")
    st.markdown(softmax_sentence(logits, temperature))
    formula, code = st.columns(2)
    formula.latex(LATEX)
    formula.latex(LATEX_JACOBIAN)
    code.code(pytorch_line(temperature), language="python")
    code.markdown("**When to use:** the output of a classifier, attention weights, and sampling from a language model.")
    code.caption("Source: Bridle (1990); Hinton, Vinyals & Dean (2015), arXiv:1503.02531, for the temperature.")
if view != "one":  # which has drawn them before it measures
    controls()
