"""A network trains live: set-up at the side, the diagnosis in words, curves, the network's inside, what to try."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from urllib.parse import urlencode

import streamlit as st

from experiments.training import label, preset_of
from figures.live import live_payload
from figures.runs import literal, title_of
from pages.parts.findings import findings_style, other_findings
from pages.parts.runs.actions import surface_link, transfer_link
from pages.parts.training.results import continuations, details, over_setting, progress, several, take_away, verdict
from pages.parts.training.runs import (
    DATA_UNDER_HAND,
    begin_anew,
    choose_preset,
    go_back,
    is_moved,
    is_ordered,
    order,
    origin,
    set_up_differs,
    take_view,
    train,
)
from pages.parts.training.setup import linked, look_at, put_run, setup_sidebar, show_config
from trainers.lab import Feed, setting_over, the_lab
from trainers.presets import PRESETS
from widgets import asker, behind_app, live_curves, page_head, page_style, run_again, staged, store_told, tell_news

TICK = 0.45  # seconds between two looks at runs that go on

PRESET_TITLES = {key: f"{each.group}: {each.title}" for key, each in PRESETS.items()}

behind_app()
lab = the_lab()
lab.warm()
linked.open()
shown = lab.members(linked.state.run)
if linked.is_bare:  # it has the settings of its run or, since no page opens empty, those of the first preset
    own = next((run.config for run in shown if run.id == linked.state.run), None)
    show_config(own or next(iter(PRESETS.values())).configs()[0][1])
    linked.write()
config, run_id = linked.state.config, linked.state.run
page_style()
missing = run_id is not None and not shown
preset = preset_of(config, shown)
if run_id is None or missing:
    # Nobody has to press a button to see something: runs of this set-up that are there, else those of a preset.
    runs = preset.configs() if preset else [("", config)]
    known = order(lab.shared, runs, preset.title, visitor=asker()) if preset else lab.presented(runs)
    if known:
        put_run(known)
    linked.write()
    run_id = linked.state.run
    shown = lab.members(run_id)
if missing:
    st.session_state["training.gone"] = run_id or ""
# The page may run again at once, so the warning stays with what is shown instead.
if st.session_state.get("training.gone") == (run_id or ""):
    st.warning("There is no such run here; it may have been deleted.", icon=":material/link_off:")
imported = bool(shown) and all(run.config is None for run in shown)
if imported:
    preset = None


def choose(key: str) -> None:
    choose_preset(lab, key, st.session_state.get("training.device"))


def device_menu() -> None:
    """Where to train; a menu where there is a choice."""
    devices = lab.devices() or ()
    if len(devices) > 1:
        names = {None: "Whichever suits the size", **{device.key: device.name for device in devices}}
        staged(st.selectbox, "Device", list(names), format_func=names.__getitem__, key="training.device", name="device")


with st.sidebar:
    linked.preset_menu(PRESET_TITLES, preset.key if preset else None, choose)
    refused, at = lab.refusal_of(config), setting_over(config)[0]
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        key="training.start",
        on_click=train,
        args=(lab, config, preset, st.session_state.get("training.device")),
        disabled=bool(refused),
    )
    if refused and (not at or linked.is_hidden(at)):
        st.warning(literal(refused), icon=":material/block:")
    elif refused:
        st.caption(f":material/block: {label(at, config.settings()[at])}: set to more than this server takes.")
    device_menu()
    if "optimizer.lr" in config.settings():
        st.page_link("pages/search.py", label="Find a rate", icon=":material/search:", query_params=config.to_query())


def data_moved(name: str) -> None:
    """What is learned from changes under the hand: the one run that is looked at begins anew while it is under way."""
    if name in DATA_UNDER_HAND and len(shown) == 1:
        begin_anew(lab, shown[0].id, name, st.session_state.get("training.device"))


def to_loss(link: dict[str, str]) -> None:
    """The way to the page of losses, where the chosen loss is shown with the same settings."""
    st.page_link("pages/losses.py", label="See this loss and its slope", icon=":material/target:", query_params=link)


setup_sidebar(data_moved, to_loss)


def looked_at() -> str:
    """The id of the run that verdict, picture and buttons are about; a menu where several are shown."""
    titles = {run.id: literal(title_of(run)) for run in shown}
    usual = next((run.id for run in shown if run.role == "remedied"), run_id or "")
    if len(shown) == 1:
        return usual
    chosen = linked.state.view.get("look")
    return linked.menu(
        "look",
        chosen if chosen in titles else usual,
        st.segmented_control,
        "Look at",
        list(titles),
        take=lambda chosen: look_at(chosen, usual),
        format_func=titles.__getitem__,
        required=True,
        label_visibility="collapsed",
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def payload(versions: tuple[Hashable, ...], focus_id: str, _watched: Sequence[Feed]) -> bytes:
    """Made once for everybody who watches the same runs."""
    return live_payload(_watched, focus=focus_id)


def show(focus_id: str) -> None:
    """Everything that changes while a run goes on; runs again every tick until all have ended."""
    with store_told():
        show_now(focus_id)


def show_now(focus_id: str) -> None:
    """The runs as the store has them."""
    if is_moved():
        run_again()
    watched = [seen for run in shown if (seen := lab.watch(run.id))]
    if not watched:
        run_again()  # deleted meanwhile
    going = is_ordered() or any(seen.run.active or seen.run.wanted == "score" for seen in watched)
    if st.session_state.get("training.going") != going:
        st.session_state["training.going"] = going
        run_again()  # the whole page: it starts or ends the ticking
    focus = next((seen for seen in watched if seen.run.id == focus_id), watched[0])
    tell_news()
    below = verdict(lab, watched, focus)
    by_setting = len(watched) > 1
    if by_setting and preset and preset.over_setting:
        over_setting(watched)
        by_setting = False
    curves = payload(tuple(seen.version for seen in watched), focus.run.id, watched)
    live_curves(curves, key="training", view=linked.state.view, on_view=take_view)
    progress(lab, focus.run, [seen.run for seen in watched])
    other_findings(below)
    if by_setting:
        over_setting(watched)
    if len(watched) > 1:
        several(lab, watched)


findings_style()
linked.tell_problems()
title = preset.title if preset else literal(title_of(shown[0])) if imported else "Training"
with page_head(title):
    if came_from := origin(lab, shown):
        st.button(
            "Back to the preset's run" if preset_of(came_from.config) else "Back to the run it came from",
            icon=":material/arrow_back:",
            key="training.back",
            help=literal(title_of(came_from)),
            on_click=go_back,
            args=(came_from,),
        )
    if shown:
        take_away(lab, shown, f"{st.context.url}?{urlencode(linked.link)}")
# Always one line, so that what stands below keeps its place and stays open.
if preset:
    st.caption(preset.look_for)
elif any(run.watched for run in shown):
    st.caption("A training that runs elsewhere, watched while it reports. Whoever started it steers it.")
elif imported:
    st.caption("Curves of another tool. Train a network of your own beside them with the sidebar.")
elif others := set_up_differs(config, shown):
    st.caption(f"The sidebar is set otherwise: {literal(others)}. Press Train to see it learn.")
else:
    st.caption("Change a setting in the sidebar and press Train to see what it does.")
if shown:
    focus_id = looked_at()
    going = st.session_state.setdefault("training.going", False)
    st.fragment(show, run_every=TICK if going else None)(focus_id)
    focus = next(run for run in shown if run.id == focus_id)
    if not imported:
        if not going:
            surface_link(shown)
            transfer_link(shown)
        with st.expander("Go on from a checkpoint, train on, test", icon=":material/call_split:"):
            continuations(lab, focus, config)
    with st.expander("Settings of this run, as a table and as PyTorch code", icon=":material/code:"):
        details(focus)
else:
    tell_news()
    if refused:  # on a phone the sidebar, which says so at the control, is closed
        st.warning(literal(refused), icon=":material/block:")
    else:
        st.info("Press Train to see this set-up learn.", icon=":material/play_arrow:")
    st.button(  # on a phone the sidebar with the other one is closed
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        key="training.start.here",
        on_click=train,
        args=(lab, config, preset, st.session_state.get("training.device")),
        disabled=bool(refused),
    )
