"""The test rows of the best run: scored once, when somebody asks, and shown beside the validation score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from figures.runs import literal
from numerals import readable
from pages.parts.search.state import TICK, linked
from trainers.lab import not_yours, the_lab
from trainers.store import StoredRun
from trainers.sweeps import Sweep, SweepRequest, Trial, best_trial
from widgets import attempt, commander, rerun_if_asked, run_again, store_told, whole_page


def held_out(request: SweepRequest, sweep: Sweep) -> None:
    """A way to the score on the test rows, and what it is. It ticks while the rows are scored."""
    best = best_trial(sweep.trials, request.maximize)
    if best is None:
        return
    waits = any(run.wanted == "score" for run in _runs(best))
    st.fragment(_drawn, run_every=TICK if waits else None)(request, sweep, best, waits)


def _runs(best: Trial) -> list[StoredRun]:
    return [run for run in map(the_lab().store.run, best.runs) if run is not None and run.config is not None]


def _drawn(request: SweepRequest, sweep: Sweep, best: Trial, waited: bool) -> None:
    with store_told():
        rerun_if_asked()
        runs = _runs(best)
        if waited and not any(run.wanted == "score" for run in runs):
            run_again()
        if not runs:
            return
        with st.container(border=True, key="vary-test"):
            if all(run.test is not None for run in runs):
                _scored(request, sweep, best, runs)
            else:
                _open(runs, waited=waited)


def _open(runs: Sequence[StoredRun], *, waited: bool) -> None:
    """The button, with why it is pressed once."""
    open_ones = [run for run in runs if run.test is None]
    theirs = any(not_yours(run, commander()) for run in open_ones)
    empty = any(run.config is not None and run.config.data.test_share == 0 for run in open_ones)
    told = "Once, at the end: this search has not seen them, and whoever chooses by them fools himself."
    if waited:
        told = "The test rows are being scored."
    elif empty:
        told = "This split has no test rows."
    elif theirs:
        told = "Whoever began this search may score them, once, at its end."
    elif failed := next((run.sentence for run in open_ones if "are not scored" in run.sentence), ""):
        told = failed
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Score the test rows of the best run" if len(runs) == 1 else "Score the test rows of the best runs",
            icon=":material/fact_check:",
            key="vary.score",
            disabled=waited or theirs or empty,
            on_click=_score,
            args=([run.id for run in open_ones],),
        )
        st.caption(literal(told), width="content")


def _score(ids: Sequence[str]) -> None:
    for one in ids:
        attempt(the_lab().score_test, one, by=commander())
    linked.acted()
    whole_page()


def _scored(request: SweepRequest, sweep: Sweep, best: Trial, runs: Sequence[StoredRun]) -> None:
    """Both scores side by side, with why the first is the better one as a rule."""
    loss = request.goal == "val_loss"
    told = [run.test.loss if loss else run.test.metric for run in runs if run.test is not None]
    known = [value for value in told if value is not None]
    mean = sum(known) / len(known) if known else None
    what = "loss" if loss else runs[0].metric_name
    tried = sum(trial.goal is not None for trial in sweep.trials)
    of_all = f" of {tried}" if tried > 1 else ""
    left, right = st.columns(2)
    with left:
        st.metric(f"Validation {what}, the best{of_all}", readable(best.goal) if best.goal is not None else "—")
    with right:
        rows = runs[0].test.rows if runs[0].test is not None else 0
        st.metric(f"Test {what}, {rows:,} rows", readable(mean) if mean is not None else "—")
    better = mean is not None and best.goal is not None and (mean < best.goal if loss else mean > best.goal)
    st.caption(
        f"As a rule the best{of_all} validation scores is optimistic: luck has helped to choose it. "
        f"The test rows took no part in the choice{', and happen to be easier here' if better else ''}: theirs is the "
        "honest score, as long as they are looked at once."
    )
