"""Several runs on one chart: any number, by epoch, step or seconds; where each stands, how settings differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from figures.live import comparison_payload, comparison_png, comparison_svg, numbers_of, run_colors
from figures.runs import difference_lines, name_and_role, number_lines, same_settings, side_by_side_html
from pages.parts.runs.actions import IDLE, Pictures, export_menu, surface_link, told, until_there_are_runs
from pages.parts.runs.state import CLOCKS, MOST_COMPARED, linked, put, value
from trainers.lab import Feed, Lab, not_yours
from trainers.store import StoredRun
from widgets import attempt, commander, dark_theme, live_curves, rerun_if_asked, run_again, tell_news, whole_page

TICK = 0.5
OFFERED = 200  # newest runs in the menu
HEIGHT = 400


def compare_view(lab: Lab) -> None:
    runs = [run for one in value("compared") if (run := lab.store.run(one))]
    gone = len(value("compared")) - len(runs)
    if gone:
        is_gone = "One run is not here; it" if gone == 1 else f"{gone} runs are not here; they"
        st.warning(f"{is_gone} may have been deleted.", icon=":material/link_off:")
        put(compared=[run.id for run in runs])
    offered = {run.id: run for run in [*runs, *lab.store.runs(limit=OFFERED)]}
    if not offered:
        until_there_are_runs(_nothing_yet, lab)
        return
    linked.menu(
        "compared",
        value("compared"),
        st.multiselect,
        "Runs on one chart",
        list(offered),
        max_selections=MOST_COMPARED,
        format_func=lambda one: _label(offered[one]),
        placeholder="Choose two or more runs",
        select_all=False,
        label_visibility="collapsed",
    )
    runs = [offered[one] for one in value("compared")]
    if not runs:
        st.info("Choose two to eight runs here, or mark them in the list.", icon=":material/stacked_line_chart:")
        return
    going = any(_at_work(run) for run in runs)
    st.session_state["runs.comparing"] = going
    st.fragment(_ticked, run_every=TICK if going else IDLE)(lab)


def _nothing_yet() -> None:
    st.info("There is no run to compare yet. Train one, or bring curves of your own.")
    st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")


def _ticked(lab: Lab) -> None:
    told(_comparison, lab)


def _comparison(lab: Lab) -> None:
    """What news changes."""
    rerun_if_asked()
    watched = [seen for one in value("compared") if (seen := lab.watch(one))]
    if len(watched) < len(value("compared")):
        run_again()  # one was deleted, which the whole page tells
    if not watched:
        return
    runs = [seen.run for seen in watched]
    if any(_at_work(run) for run in runs) != st.session_state["runs.comparing"]:
        run_again()  # the ticks begin or end
    tell_news()
    offered = numbers_of(watched) or {"val_loss": "Validation loss"}
    if value("number") not in offered:
        put(number=next(iter(offered)))
    with st.container(horizontal=True, vertical_alignment="center", key="runs-compare-controls"):
        linked.menu(
            "number",
            value("number"),
            st.selectbox,
            "Number",
            list(offered),
            format_func=offered.__getitem__,
            label_visibility="collapsed",
            width=280,
        )
        linked.menu(
            "x",
            value("x"),
            st.segmented_control,
            "Over",
            list(CLOCKS),
            format_func=lambda clock: f"by {CLOCKS[clock]}",
            label_visibility="collapsed",
            required=True,
        )
        surface_link(runs)
        export_menu(lab, runs, "compare", _pictures(lab))
    live_curves(
        comparison_payload(watched, value("number"), x=value("x"), height=HEIGHT),
        key="runs.compare.curves",
        height=HEIGHT,
    )
    _tables(runs)
    _test_scores(lab, runs)
    linked.write()


def _pictures(lab: Lab) -> Pictures:
    """The chart as it stands when it is asked for."""
    number, clock, dark = value("number"), value("x"), dark_theme()
    ids = list(value("compared"))

    def watched() -> list[Feed]:
        return [seen for one in ids if (seen := lab.watch(one))]

    return (
        ("Chart, SVG", "svg", "image/svg+xml", lambda: comparison_svg(watched(), number, x=clock, dark=dark)),
        ("Chart, PNG", "png", "image/png", lambda: comparison_png(watched(), number, x=clock, dark=dark)),
    )


def _tables(runs: Sequence[StoredRun]) -> None:
    dark = dark_theme()
    colors = [run_colors(place, max(2, len(runs)))["val"][dark] for place in range(len(runs))]
    # Few runs leave room for both tables beside each other.
    left, right = st.columns(2) if len(runs) <= 3 else (st.container(), st.container())
    with left:
        st.html(side_by_side_html(runs, number_lines(runs), colors, caption="Where each run stands", href=_link))
    with right:
        if differing := difference_lines(runs):
            st.html(side_by_side_html(runs, differing, colors, caption="Settings that differ", href=_link))
        elif len(runs) > 1 and same_settings(runs):
            st.caption("All settings are the same.")
        elif any(run.config is None for run in runs):
            st.caption("Imported curves and watched trainings have no settings to compare.")


def _test_scores(lab: Lab, runs: Sequence[StoredRun]) -> None:
    """Test rows are looked at on request only."""
    open_ones = [run for run in runs if run.test is None and run.config is not None]
    waiting = [run for run in open_ones if run.wanted == "score"]
    by = commander()
    own = [run for run in open_ones if not not_yours(run, by)]
    ready = [run for run in own if not run.active and run.wanted != "score"]
    if waiting:
        st.caption("The test rows are being scored.")
    if ready:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Score the test rows",
                icon=":material/fact_check:",
                key="runs.score",
                on_click=_score,
                args=(lab, [run.id for run in ready]),
            )
            st.caption("Look once, at the end: whoever chooses by test rows fools himself.", width="content")


def _score(lab: Lab, ids: Sequence[str]) -> None:
    for one in ids:
        attempt(lab.score_test, one, by=commander())
    whole_page()  # it ticks until the scores are there


def _at_work(run: StoredRun) -> bool:
    return run.active or run.wanted == "score"


def _label(run: StoredRun) -> str:
    return name_and_role(run.name, run.role)


def _link(run: str) -> str:
    return f"training?run={run}"
