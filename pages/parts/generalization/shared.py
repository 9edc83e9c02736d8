"""Runs that a part of the page shows: found, trained once for everybody, watched, stopped, gone on with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from figures.runs import literal
from pages.parts.generalization.state import linked
from trainers.config import RunConfig
from trainers.lab import not_yours, the_lab
from trainers.store import StoredRun
from widgets import asker, attempt, commander, run_again, store_told

_TICK = 0.5  # seconds between two looks at what goes on
_FAILED = ("failed", "out_of_memory", "no_data")  # what is not tried again by itself
_BROKEN = ("interrupted", "stopped", *_FAILED)
_LEFT = "generalization.left"  # what was stopped by hand, so that it does not begin by itself again
Wanted = Sequence[tuple[str, RunConfig]]


def shared_runs(wanted: Wanted, title: str, *, at_once: bool, label: str, words: str) -> list[StoredRun]:
    """The runs, one for each that is wanted, once all have ended; until then what becomes of them, and an empty list.

    at_once: whether they begin without a button. label: of the button; words: what it will take.
    """
    lab = the_lab()
    found = _found(wanted)
    broken = [] if found else [run for run in map(_broken, (config for _, config in wanted)) if run is not None]
    failed = [run for run in broken if run.status in _FAILED]
    left = st.session_state.get(_LEFT) == _name(wanted)
    if not found and at_once and not left and not failed:
        _train(wanted, title)
        found = _found(wanted)
    if not found:
        for sentence in dict.fromkeys(run.sentence for run in failed):
            st.warning(literal(sentence), icon=":material/info:")
        st.info(words)
        st.button(
            "Go on" if broken else label,
            type="primary",
            icon=":material/play_arrow:",
            key="generalization.train",
            on_click=_train,
            args=(wanted, title),
        )
        return []
    if any(run.active for run in found):
        _watch([run.id for run in found], _name(wanted))
        return []
    lab.warm()
    return found


def _found(wanted: Wanted) -> list[StoredRun]:
    """The runs in the order they are wanted; none where some are missing."""
    lab = the_lab()
    first = lab.presented(wanted)
    if first is None:
        return []
    by_role = {run.role: run for run in lab.members(first)}
    return [by_role[role] for role, _ in wanted if role in by_role]


def _broken(config: RunConfig) -> StoredRun | None:
    """A run of this configuration that has ended before it was done."""
    return next(iter(the_lab().store.of_config(config, _BROKEN, limit=1)), None)


def _train(wanted: Wanted, title: str) -> None:
    """Put the runs into the queue; where they broke off, those of one experiment go on with what they have.

    What a server or a worker left behind goes on whoever asks; what somebody has stopped is his.
    """
    st.session_state.pop(_LEFT, None)
    lab = the_lab()
    for run in _left_over(wanted):
        by = None if run.status == "interrupted" else commander()
        attempt(lab.resume, run.id, by=by)
    if not _found(wanted):
        attempt(lab.shared, wanted, title, visitor=asker())


def _left_over(wanted: Wanted) -> list[StoredRun]:
    """Runs of one experiment with all that is wanted which broke off and may go on; empty where there is none."""
    lab, roles = the_lab(), dict(wanted)
    for config in roles.values():
        broken = _broken(config)
        if broken is None:
            continue
        together = {run.role: run for run in lab.members(broken.id) if roles.get(run.role) == run.config}
        ended = [run for run in together.values() if run.status in _BROKEN]
        if len(together) == len(roles) and not any(
            run.status != "interrupted" and not_yours(run, commander()) for run in ended
        ):
            return ended
    return []


def _stop(ids: Sequence[str], name: str) -> None:
    for id in ids:
        run = the_lab().store.run(id)
        if run is not None and run.active:
            attempt(the_lab().stop, id, by=commander())
    st.session_state[_LEFT] = name
    linked.acted()


@st.fragment(run_every=_TICK)
def _watch(ids: Sequence[str], name: str) -> None:
    """Runs that train; the whole page runs again when all have ended."""
    with store_told():
        runs = [run for run in map(the_lab().store.run, ids) if run is not None]
        waiting = [run for run in runs if run.active]
        if not waiting:
            run_again()
            return
        done = sum(_share(run) for run in runs) / max(1, len(runs))
        st.progress(min(1.0, done), literal(f"{len(runs) - len(waiting)} of {len(runs)} networks are trained."))
        if any(not not_yours(run, commander()) for run in waiting):
            st.button("Stop", icon=":material/stop:", key="generalization.stop", on_click=_stop, args=(ids, name))
        else:
            st.caption("Somebody else has begun them; you may watch.")


def _share(run: StoredRun) -> float:
    if not run.active:
        return 1.0
    return 0.0 if run.config is None else min(1.0, run.epoch / max(1, run.config.budget.epochs))


def _name(wanted: Wanted) -> str:
    return " ".join(f"{role} {hash(config.to_json())}" for role, config in wanted)
