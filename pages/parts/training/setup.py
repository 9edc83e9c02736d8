"""The set-up of a run: the whole configuration as controls in the sidebar.

A control that is moved applies its change to the configuration; what that refuses is said beside the control, which
goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from experiments.losses import link_of
from experiments.training import (
    COSTS,
    OWN_TABLE,
    SEEDS,
    Group,
    ShownTraining,
    TrainingCodec,
    download_sentence,
    drawer_label,
    groups,
    label,
    meaning_of,
    names,
    rows_of,
    shown,
    value_words,
)
from figures.runs import literal
from pages.parts.training.own_table import csv_controls, table_shape
from settings import Text
from trainers.config import LOSSES, RunConfig
from trainers.data import DATA_SETS, is_downloaded
from trainers.lab import setting_over, the_lab
from widgets import LinkedState, parameter_control, store_told

linked: LinkedState[ShownTraining] = LinkedState("training", TrainingCodec())
"""What the training page shows, in its controls, the session and the link."""


def show_config(config: RunConfig) -> None:
    """Make this the configuration, and every control show it."""
    linked.show(replace(linked.state, config=config))


def put_run(run_id: str | None) -> None:
    """Make this the run of the page and its link; what the view says of other runs is left out."""
    view = linked.state.view
    if run_id != linked.state.run:
        view = {name: value for name, value in view.items() if name not in ("look", "hidden", "zoom")}
    linked.show(replace(linked.state, run=run_id, view=view))


def look_at(run_id: str, usual: str) -> None:
    """Remember which run is looked at; the ``usual`` one needs no word."""
    view = {name: value for name, value in linked.state.view.items() if name != "look"}
    linked.show(replace(linked.state, view=view if run_id == usual else {**view, "look": run_id}))


def reset_view(view: Mapping[str, Any]) -> None:
    """Show curves as a preset shows them first."""
    linked.show(replace(linked.state, view=dict(view)))


def setup_sidebar(
    heard: Callable[[str], None] | None = None, to_loss: Callable[[dict[str, str]], Any] | None = None
) -> None:
    """Draw the controls of the whole configuration in the sidebar.

    heard: called with the name of a number that was moved, when the configuration has it. to_loss: draws the way to the
    page of losses, given the parameters of its link.
    """
    st.html("<style>@media (pointer: coarse) { .st-key-training-setup summary { min-height: 44px; } }</style>")
    with st.sidebar, st.container(gap="xsmall", key="training-setup"):
        for group in groups(linked.state.config):
            _group(group, heard, to_loss)


def _group(group: Group, heard: Callable[[str], None] | None, to_loss: Callable[[dict[str, str]], Any] | None) -> None:
    config = linked.state.config
    over, why = setting_over(config)
    for row in rows_of(group.sight):
        places = st.columns(len(row), gap="small") if len(row) > 1 else [st.container()]
        for place, name in zip(places, row, strict=True):
            with place:
                _control(name, heard)
        if row == ("data.name",):
            _source(config)
        if over in row:
            st.warning(literal(why), icon=":material/block:")
    shape, classes = table_shape(config) if group.key == "model" else (None, None)
    last_of_loss = next((name for name in reversed(group.drawer) if name.startswith("loss.")), None)
    # The key keeps a drawer open while its label says what is being set in it.
    with st.expander(drawer_label(config, group, shape, classes), type="compact", key=f"training-{group.key}"):
        if about := meaning_of(config, group):
            st.caption(about)
        for name in group.drawer:
            _control(name, heard)
            if name == last_of_loss:
                _loss_drawn(config)
                if to_loss is not None:
                    own = LOSSES[config.loss.name].settings
                    to_loss(link_of(config.loss.name, {each.name: config[f"loss.{each.name}"] for each in own}))
    if over in group.drawer:  # in sight while the drawer is closed
        st.warning(literal(why), icon=":material/block:")


def _loss_drawn(config: RunConfig) -> None:
    """The loss of one row as a formula."""
    loss = LOSSES[config.loss.name]
    where = rf"\\ {loss.where}" if loss.where else ""
    st.latex(rf"\begin{{gathered}} L = {loss.latex} {where} \end{{gathered}}")


def _source(config: RunConfig) -> None:
    """Where the rows come from, if not from here: the user's own table, or a download."""
    if config.data.name == "csv":
        csv_controls(config, linked.key, linked.put, partial(linked.refuse, "data.file"))
        linked.tell_refusal(*OWN_TABLE)
    elif DATA_SETS[config.data.name].downloaded:
        st.caption(download_sentence(config.data.name, kept=is_downloaded(config.data.name)))


def _control(name: str, heard: Callable[[str], None] | None = None) -> None:
    """The control that suits a setting; columns of the user's own table have theirs beside the upload."""
    config = linked.state.config
    if linked.is_hidden(name):
        return
    if config.data.name == "csv" and name in OWN_TABLE:
        return
    setting, text = config.settings()[name], label(name, config.settings()[name])
    if isinstance(setting, Text):
        linked.control(name, label=text)
        if name == "reuse.run":
            _start(config)
    elif name in SEEDS:
        _seed(name, text, config[name], setting.meaning, heard)
    else:
        key, initial = linked.key(name, config[name])
        parameter_control(
            shown(config, name),
            key,
            label=text,
            names=names(name),
            words=partial(value_words, name),
            initial=initial,
            on_change=_taking(name, key, heard),
        )
    if name in COSTS:
        st.caption(COSTS[name])
    linked.tell_refusal(name)


def _start(config: RunConfig) -> None:
    """Which run this one begins with, or why it cannot."""
    if not config.reuse.run:
        st.caption("Marked on the page of runs: Start another from this one.")
        return
    with store_told():
        run = the_lab().store.run(config.reuse.run)
        why = the_lab().start_refused(config)
        if why or run is None:
            st.caption(f":material/info: {literal(why)}")
        else:
            st.caption(literal(f"{run.name}: its best weights, all layers but the last."))


def _seed(name: str, text: str, value: Any, meaning: str, heard: Callable[[str], None] | None) -> None:
    key, initial = linked.key(name, value)
    taking = _taking(name, key, heard)
    locked = linked.is_locked(name)
    st.number_input(text, 0, 2**32 - 1, initial, key=key, step=1, help=meaning, on_change=taking, disabled=locked)


def _taking(name: str, key: str, heard: Callable[[str], None] | None) -> Callable[[], None]:
    take = linked.taking(name, key)

    def moved() -> None:
        take()
        if heard is not None:
            heard(name)

    return moved
