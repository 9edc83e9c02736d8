"""A fair race: every rule chooses its hyperparameters on one budget, and then all race from other starts."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from experiments.race import (
    MAX_ENTRIES,
    RACE_STARTS,
    SEARCHES,
    TUNING_STARTS,
    FairCodec,
    FairRace,
    FairResult,
    affordable_fair_race,
    fair_result,
    known_fair_result,
    race_link,
    race_of,
)
from experiments.surfaces import FORMULA, WINDOW
from exports import fair_csv, fair_script
from figures.race import fair_table, left_figure, profile_figure
from landscapes import LANDSCAPES
from numerals import readable
from optimizers import OPTIMIZERS
from widgets import LinkedState, behind_app, dark_theme, page_head, page_style, picture, progress_bar, take_away_menu

_SURFACES = {FORMULA: "Your own formula"} | {key: item.name for key, item in LANDSCAPES.items()}
_STOPPED = "fair.stopped"

behind_app()
linked: LinkedState[FairRace] = LinkedState("fair", FairCodec())
asked = linked.open()
race = affordable_fair_race(asked)
address = tuple(linked.link.items())
page_style()


def stop() -> None:
    """End the search: this run of the page is replaced by one that does not begin it again."""
    st.session_state[_STOPPED] = address
    linked.acted()


def go_on() -> None:
    st.session_state.pop(_STOPPED, None)
    linked.acted()


def controls() -> None:
    """The sidebar."""
    linked.control("surface", label="Surface", names=_SURFACES, hint=False)
    if race.landscape.key == FORMULA:
        linked.control("f", label="f(x, y) =", keeps=True)
        linked.tell_refusal("f", *WINDOW)
        with st.expander("Window", type="compact"):
            for name in WINDOW:
                linked.control(name, exact=True, keeps=True, label=name.replace("_", " "))
    else:
        for parameter in race.landscape.hyperparameters:
            linked.control(f"s.{parameter.name}")
    linked.menu(
        "rules",
        list(asked.rules),
        st.multiselect,
        "Rules",
        list(OPTIMIZERS),
        format_func=lambda key: OPTIMIZERS[key].name,
        max_selections=MAX_ENTRIES,
    )
    linked.tell_refusal("rules")
    linked.control("steps", label="Gradient evaluations of a race")
    linked.control("trials", label="Settings that a rule may try")
    linked.control("search", label="Search", names=SEARCHES)
    linked.control("noise", label="Gradient noise")
    linked.control("draw", exact=True, label="Draw of the starts")


def show(result: FairResult) -> None:
    """Pictures first, then numbers."""
    best = max(result.tuned, key=lambda each: (each.share_solved(race.budget), -float(each.left.mean())))
    share = round(best.share_solved(race.budget) * RACE_STARTS)
    st.markdown(
        f"**{OPTIMIZERS[best.rule].name}** solves most: {share} of {RACE_STARTS} starts "
        f"within {readable(race.budget)} gradient evaluations."
    )
    left, right = st.columns(2)
    with left:
        st.markdown("## Starts solved against what they cost")
        picture(
            profile_figure(result, dark=dark_theme()),
            "fair-profile",
            "Data profiles: the share of starts solved against gradient evaluations, a line a rule.",
        )
    with right:
        st.markdown("## What is left at the end")
        picture(
            left_figure(result, dark=dark_theme()),
            "fair-left",
            "Median and middle half of the share of the way down that is left, a row a rule; left is better.",
        )
    st.dataframe(fair_table(result), hide_index=True)
    st.caption(
        "Solved: f has fallen by all but a thousandth of what any of these rules got down from that start, as in the "
        "data profiles of Moré and Wild (2009). The known minimum is never used. The dotted line is that thousandth."
    )
    x, y = result.starts[0].tolist()
    opened = race_of(race, {each.rule: each.values for each in result.tuned}, (x, y))
    st.page_link(
        "pages/descent.py",
        label="Watch the first of these races",
        icon=":material/play_circle:",
        query_params=dict(race_link(opened)),
    )


name = "your own formula" if race.landscape.key == FORMULA else race.landscape.name
with page_head(f"A fair race on {name}"):
    url = f"{st.context.url}?{urlencode(linked.link)}"
    known = known_fair_result(linked.link)
    files = [("Python script", "py", "text/x-python", partial(fair_script, linked.link))]
    if known is not None:
        files = [("Numbers of every start, CSV", "csv", "text/csv", partial(fair_csv, known)), *files]
    take_away_menu(url, "race", "fair-race", files, pictures=True)
linked.tell_problems()
st.caption(
    f"Every rule may try {readable(race.trials)} settings of its hyperparameters from the same {TUNING_STARTS} starts, "
    f"{readable(race.budget)} gradient evaluations each. Then all race from {RACE_STARTS} others."
)
if race.trials < asked.trials:
    st.info(
        f"{readable(asked.trials)} settings of {readable(asked.budget)} evaluations are more than one race may take; "
        f"{readable(race.trials)} are tried.",
        icon=":material/speed:",
    )
place = st.container()
with st.sidebar:
    controls()
with place:
    if st.session_state.get(_STOPPED) == address:
        st.info("Stopped. Nothing is lost but the settings tried so far.", icon=":material/stop_circle:")
        st.button("Tune all", type="primary", icon=":material/play_arrow:", on_click=go_on, key="fair.go")
    elif known is not None:
        show(known)
    else:
        working = st.empty()
        with working.container():
            st.button("Stop", icon=":material/stop:", on_click=stop, key="fair.stop")
            with progress_bar(st.container(), f"{len(race.rules)} rules try their settings") as progress:
                result = fair_result(linked.link, race, progress)
        working.empty()
        show(result)
