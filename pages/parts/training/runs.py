"""Which runs the training page shows, and what its buttons do with them; every refusal becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from experiments.training import checked_view, difference_words
from pages.parts.training.setup import linked, put_run, reset_view, show_config
from trainers.config import RunConfig, differences
from trainers.diagnosis import Finding, Remedy
from trainers.lab import Lab
from trainers.presets import PRESETS, TrainingPreset
from trainers.store import StoredRun
from widgets import asker, attempt, commander, once

_MOVED, _ORDERED, _OWN = "training.moved", "training.ordered", "training.own"

DATA_UNDER_HAND = ("data.noise", "data.label_noise", "data.size", "data.train_size", "data.val_share", "data.seed")
"""Settings that act on what is looked at: a run under way begins anew with them."""


def show_run(run_id: str) -> None:
    """Make this the run of the page; ``is_moved`` then asks the fragment that shows runs for the whole page."""
    put_run(run_id)
    st.session_state[_MOVED] = True


def take_view(view: Mapping[str, Any]) -> None:
    """Remember how the curves are shown, as the browser tells it."""
    look = {name: value for name, value in linked.state.view.items() if name == "look"}
    linked.show(replace(linked.state, view={**checked_view(view), **look}))
    st.session_state[_MOVED] = True


def is_moved() -> bool:
    """Whether a button within the fragment has changed what the page shows; once."""
    return st.session_state.pop(_MOVED, False)


def is_ordered() -> bool:
    """Whether a button was pressed whose effect may not be in the store yet; once."""
    return st.session_state.pop(_ORDERED, False)


def order(action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Attempt it, and let the page look again at what comes of it. None where it was refused."""
    st.session_state[_ORDERED] = True
    return attempt(action, *arguments, **named)


def origin(lab: Lab, shown: Sequence[StoredRun]) -> StoredRun | None:
    """The run that these were forked from, or that a remedy is tried on; None where they are of their own."""
    parents = (lab.store.run(run.parent) for run in shown if run.parent)
    return next((run for run in parents if run is not None), None)


def go_back(run: StoredRun) -> None:
    """Show the run that a trial or a fork came from, with its settings in the sidebar."""
    if run.config is not None:
        show_config(run.config)
    put_run(run.id)


def start(lab: Lab, runs: Sequence[tuple[str, RunConfig]], title: str, device: str | None = None) -> None:
    """Train these; the page shows them from now on."""

    def begin() -> str | None:
        if len(runs) == 1:
            return order(lab.submit, runs[0][1], name=title, device=device, visitor=asker())
        together = order(lab.submit_together, runs, title, visitor=asker())
        return together[0] if together else None

    if started := once(("train", tuple(runs), title, device), begin):
        st.session_state.setdefault(_OWN, set()).add(started)
        show_run(started)


def begin_anew(lab: Lab, run_id: str, name: str, device: str | None = None) -> None:
    """Train with this setting of the sidebar instead of the run, where that is still under way.

    The run is stopped where this session has started it; those of others, and of presets, go on.
    """
    run = lab.store.run(run_id)
    if run is None or not run.active or run.config is None or run.config[name] == linked.state.config[name]:
        return
    try:
        config = run.config.changed({name: linked.state.config[name]})
    except ValueError:
        return  # said beside the control
    if run.id in st.session_state.get(_OWN, ()):
        order(lab.stop, run.id, by=commander())
    start(lab, [("", config)], "", device)


def set_up_differs(config: RunConfig, shown: Sequence[StoredRun]) -> str:
    """How the controls differ from the run that is nearest to them, in words; empty where one run has these settings.

    A longer budget is no other set-up: a run that was trained on or forked has one.
    """
    changes = [
        {name: pair for name, pair in differences(run.config, config).items() if name != "budget.epochs"}
        for run in shown
        if run.config is not None
    ]
    return difference_words(min(changes, key=len)) if changes else ""


def choose_preset(lab: Lab, key: str, device: str | None = None) -> None:
    """Set the controls to a preset, and show its runs: those that are there, else new ones."""
    preset = PRESETS[key]
    runs = preset.configs()
    show_config(runs[0][1])
    reset_view(preset.view)
    if run := order(lab.shared, runs, preset.title, device=device, visitor=asker()):
        show_run(run)


def train(lab: Lab, config: RunConfig, preset: TrainingPreset | None, device: str | None) -> None:
    """What the Train button does: the set-up as it stands; a preset with all its runs."""
    start(lab, preset.configs() if preset else [("", config)], preset.title if preset else "", device)


def try_remedy(lab: Lab, run: StoredRun, finding: Finding, remedy: Remedy) -> None:
    """Fork the run, unchanged and remedied, and show both."""
    asked = ("remedy", run.id, finding, remedy)
    if pair := once(asked, lambda: order(lab.try_remedy, run.id, finding, remedy, visitor=asker())):
        show_run(pair[0])


def fork(lab: Lab, run: StoredRun, config: RunConfig, checkpoint: str | None) -> None:
    """Go on from a checkpoint (None: from the beginning) with the settings of the sidebar, as a run of its own."""
    assert run.config is not None
    changes = {name: new for name, (_, new) in differences(run.config, config).items() if new is not None}
    begun = next((kept.epoch for kept in lab.store.checkpoints(run.id) if kept.id == checkpoint), 0.0)
    if config.budget.epochs <= begun:
        changes["budget.epochs"] = int(begun) + max(5, run.config.budget.epochs // 2)
    asked = ("fork", run.id, changes, checkpoint)
    if forked := once(asked, lambda: order(lab.fork, run.id, changes, checkpoint_id=checkpoint, visitor=asker())):
        show_run(forked)
