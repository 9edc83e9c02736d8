"""The signal through depth at initialization: up to four networks side by side, measured and in theory."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.initialization import (
    MAX_SETUPS,
    MODES,
    PARTS,
    POSITIONS,
    PRESETS,
    activation_parameters,
    at_spreads,
    declared,
    focus_of,
    initializer_parameters,
    setup_label,
    setups_of,
    verdicts,
    with_one_more,
    without,
)
from figures.signals import (
    histograms_figure,
    layer_table,
    phase_figure,
    phase_sentence,
    plane_of,
    signal_color,
    spread_figure,
)
from networks import ACTIVATIONS, INITIALIZERS, INPUTS, NORMALIZATIONS
from networks.workload import affordable, shortened
from pages.parts.initialization.measuring import measure_next, signals
from settings import SettingsCodec, preset_of
from widgets import (
    LinkedState,
    behind_app,
    colored_sentences,
    dark_theme,
    held,
    page_head,
    page_style,
    picture,
    picture_drawn,
    take_away_menu,
)

behind_app()
linked = LinkedState("initialization", SettingsCodec(declared))
values = linked.open()
asked, dark = setups_of(values), dark_theme()
setups = tuple(map(affordable, asked))


def setup_controls(slot: int) -> None:
    """One set-up: what is dragged in sight, the rest in a drawer."""
    own, setup = f"s{slot}", asked[slot - 1]
    linked.control(
        f"{own}.activation",
        label=f"Activation of set-up {slot}",
        hidden=True,
        names={key: f"{slot}: {activation.name}" for key, activation in ACTIVATIONS.items()},
    )
    linked.control(
        f"{own}.initializer",
        label=f"Initializer of set-up {slot}",
        hidden=True,
        names={key: initializer.name for key, initializer in INITIALIZERS.items()},
    )
    for parameter in initializer_parameters(values, slot):
        linked.control(
            f"{own}.{parameter.name}",
            label=f"{parameter.name.capitalize()} of set-up {slot}",
            hidden=True,
            unit=parameter.name,
            names=MODES,
        )
    # No popover: one that holds sliders closes again right after the click that opens it (Streamlit 1.67).
    with st.expander(f"More of set-up {slot}", type="compact"):
        for parameter in activation_parameters(values, slot):
            linked.control(f"{own}.a.{parameter.name}")
        linked.control(f"{own}.bias", label=r"Biases $\sigma_b$")
        linked.control(f"{own}.residual", label="Residual connections")
        linked.control(f"{own}.normalization", label="Normalization", names=NORMALIZATIONS)
        if f"{own}.position" in values:
            linked.control(f"{own}.position", label="It acts", names=POSITIONS)
        st.latex(setup.initializer_entry.latex)
        st.caption(f"{setup.initializer_entry.idea} Source: {setup.initializer_entry.reference}")
        fans = setup.widths[0], setup.widths[1]
        st.code(
            setup.initializer_entry.pytorch_line(setup.initializer_settings, setup.activation_gain, *fans),
            language="python",
            wrap_lines=True,
        )
        st.button(
            "Remove",
            icon=":material/delete:",
            key=f"initialization.remove.{slot}",
            width="stretch",
            disabled=len(setups) == 1,
            on_click=lambda: linked.put(without(values, slot)),
        )


def take_spreads() -> None:
    """A click on the edge of chaos gives the set-up in focus these spreads."""
    chosen = held("picture.phase")
    if chosen and (points := chosen.selection.points):
        linked.put(at_spreads(focus_of(values), float(points[0]["x"]), float(points[0]["y"])))


def take_away() -> None:
    """The page as a link, all numbers by layer as far as they are measured, the pictures."""

    def csv() -> str:
        from exports import signals_csv

        return signals_csv(found)

    files = [("All numbers, CSV", "csv", "text/csv", csv)]
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "initialization", files, pictures=True)


def controls() -> None:
    """The sidebar."""
    with st.sidebar:
        linked.link_presets(PRESETS)
        left, right = st.columns(2)
        with left:
            linked.control("depth", label="Layers")
        with right:
            linked.control("width", label="Units of a layer")
        linked.control("widths", label="Or each layer's own", keeps=True, placeholder="784-256-64")
        linked.tell_refusal("widths")
        for slot in range(1, len(setups) + 1):
            setup_controls(slot)
        st.button(
            "Add a set-up",
            icon=":material/add:",
            width="stretch",
            disabled=len(setups) == MAX_SETUPS,
            on_click=lambda: linked.put(with_one_more(values)),
            help=f"Up to {MAX_SETUPS} stand side by side.",
        )
        linked.control("samples", label="Inputs sent through")
        linked.control("inputs", label="Inputs", names={key: item.name for key, item in INPUTS.items()})
        linked.control("seed", exact=True, label="Seed")


page_style()
with page_head("Initialization"):
    linked.one_of("part", values["part"], "Histograms of", PARTS)
    take_away()
linked.tell_problems()
for slot, pair in enumerate(zip(asked, setups, strict=True), 1):
    if sentence := shortened(*pair):
        st.info(f"Set-up {slot}: {sentence}", icon=":material/speed:")
with st.container(height=42, border=False):
    place = st.empty()
found = signals(setups, place)
preset = preset_of(linked.link, PRESETS)
place.caption(
    PRESETS[preset].look_for if preset else "Points are measured, lines are mean-field theory; drag any slider."
)
colored_sentences([(signal_color(each), text) for each, text in verdicts(found)])

left, right = st.columns([3, 2])
with left:
    picture(
        histograms_figure(found, part=values["part"], dark=dark),
        "histograms",
        f"Histograms of the {values['part']}, one row a layer, one column a set-up, with their spread.",
    )
with right:
    picture(
        spread_figure(found, dark=dark),
        "spread",
        "Spread of signal, gradient and weight gradient by layer, and shares of saturated and dead units.",
    )
st.caption(
    "Numbers beside the histograms: standard deviation. Points: measured. Lines: mean-field theory. Dotted: dead units."
)
picture_drawn()
controls()

st.markdown("## The edge of chaos")
focus = found[focus_of(values) - 1]
plane = plane_of(focus.setup.activation_entry, focus.setup.activation_settings)
left, right = st.columns([3, 2], vertical_alignment="center")
with left:
    picture(
        phase_figure(plane, found, focus=focus.slot, dark=dark),
        "phase",
        "Plane of weight and bias spread with the edge of chaos and the place of each set-up.",
        on_select=take_spreads,
        selection_mode="points",
    )
with right:
    if len(setups) > 1:
        linked.menu(
            "focus",
            focus_of(values),
            st.segmented_control,
            "A click changes set-up",
            list(range(1, len(setups) + 1)),
            required=True,
        )
    st.markdown(
        f"A click sets $\\sigma_w$ and $\\sigma_b$ of set-up {focus.slot}. Blue is order, orange is chaos; "
        "on the line between them a gradient keeps its size. Pale ones follow a map of their own."
    )
    st.latex(r"q_{l+1} = \sigma_w^2\,\mathbb{E}\,\varphi(\sqrt{q_l}\,z)^2 + \sigma_b^2")
    st.latex(r"\chi = \sigma_w^2\,\mathbb{E}\,\varphi'(\sqrt{q^*}\,z)^2")
    colored_sentences(
        [
            (signal_color(each), phase_sentence(plane, each))
            for each in found
            if each.setup.activation == plane.activation
        ]
    )
    st.caption("Source: Poole et al. (2016), arXiv:1606.05340; Schoenholz et al. (2017), arXiv:1611.01232.")

st.markdown("## Numbers by layer")
for each in found:
    if each.trace is not None:
        with st.expander(f"{each.slot}: {setup_label(each.setup)}", expanded=len(found) == 1):
            st.dataframe(layer_table(each), hide_index=True)
measure_next(found, place)
