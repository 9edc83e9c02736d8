"""Questions that many runs answer: which learning rate, and which values of any one or two settings."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from experiments.search import PARTS, PRESETS
from experiments.training import label, names, shown, value_words
from pages.parts.files import numbers_file
from pages.parts.search import rates, vary
from pages.parts.search.state import linked, tell_over
from settings import preset_of
from trainers import RunConfig
from trainers.lab import the_lab
from widgets import behind_app, page_head, page_style, parameter_control, take_away_menu

SET_UP = ("data.name", "model.name", "optimizer.name", "budget.batch_size")

behind_app()
the_lab().warm()
state = linked.open()
rates.show_started()
page_style()
varied = state.part == "vary"
preset = PRESETS.get(preset_of(vary.plain_link(), PRESETS) or "") if varied else None


def take_away() -> None:
    """The page as a link, the numbers of its pictures, what a search has come to, and a script that repeats it."""
    link = f"{st.context.url}?{urlencode(linked.link)}"
    files = vary.vary_files() if varied else rates.rates_files()
    take_away_menu(link, "page", "search", [numbers_file(vary.PLACED), *files], pictures=True)


def set_up() -> None:
    """The few settings of the run that matter most here; the others are on the page of training."""
    for name in (*SET_UP, "budget.epochs") if varied else SET_UP:
        setting = state.config.settings().get(name)
        taken = varied and name in vary.varied_names()
        if setting is None or taken or (name == "data.name" and state.config.data.name == "csv"):
            continue
        key, initial = linked.key(name, state.config[name])
        parameter_control(
            shown(state.config, name),
            key,
            label=label(name, setting),
            names=names(name),
            words=partial(value_words, name),
            initial=initial,
            on_change=linked.taking(name, key),
        )
        linked.tell_refusal(name)
        tell_over(name)
        # Whose rows are set on the page of training, where they are not varied here.
        if name == "data.name" and not (varied and "data.size" in vary.varied_names()):
            tell_over("data.size")


def to_part(part: str | None) -> None:
    """Show another part; a run that nobody has set up is varied as the first preset does it."""
    if part == "vary" and state.config == RunConfig():
        linked.show(linked.codec.read(next(iter(PRESETS.values())).query)[0])
    elif part is not None:
        linked.put({"part": part})


with page_head("Search"):
    linked.menu(
        "part",
        state.part,
        st.segmented_control,
        "Part",
        list(PARTS),
        to_part,
        format_func=PARTS.__getitem__,
        label_visibility="collapsed",
        required=True,
    )
    take_away()
linked.tell_problems()
st.caption((preset.look_for if preset else vary.LOOK_FOR) if varied else rates.LOOK_FOR)
if varied:
    vary.vary_part(begins=preset is not None)
else:
    rates.rates_part()
with st.sidebar:
    if varied:
        vary.preset_menu()
        vary.vary_controls()
        st.markdown("##### The run")
    set_up()
    if not varied:
        rates.rates_controls()
    st.page_link(
        "pages/training.py",
        label="All settings, on the training page",
        icon=":material/tune:",
        query_params=state.config.to_query(),
    )
