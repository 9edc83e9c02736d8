"""One task after another: curves of each way, the least loss by rows, how many times faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.reuse import SHOWN, SOURCES, pace_columns, transfer_sentences
from figures.reuse import epochs_figure, rows_figure
from pages.parts.reuse.state import linked
from trainers.lab import the_lab, why_no_task
from trainers.store import ENDED, RunFilter, StoredRun
from trainers.transfers import (
    EPOCHS,
    IMAGES,
    PAIRS,
    PRETRAINED,
    PRETRAINED_EPOCHS,
    PRETRAINED_VAL,
    SECOND_TASKS,
    SOURCE_EPOCHS,
    WAYS,
    Study,
    why_no_torchvision,
)
from widgets import dark_theme, picture, plain_table, store_told, visitor

MOST_OFFERED = 50  # runs in the menu, the newest; others are marked on the page of runs


def transfer_controls(values: Mapping[str, Any]) -> None:
    """What comes first, the task that follows, the rows, and how layers learn."""
    missing, source = why_no_torchvision(), values["source"]
    offered = [key for key in SOURCES if key != "imagenet" or not missing or source == "imagenet"]
    linked.menu("source", source, st.selectbox, "What was learned first", offered, format_func=SOURCES.__getitem__)
    if missing and source != "imagenet":  # there the page says it
        st.caption(missing)
    {"task": _after_a_task, "run": _after_a_run, "imagenet": _after_imagenet}[source](values)
    linked.control("seeds", label="Seeds")


def _after_a_task(values: Mapping[str, Any]) -> None:
    linked.control("pair", label="First task, second task", names={key: pair.name for key, pair in PAIRS.items()})
    if PAIRS[values["pair"]].downloaded:
        st.caption("Its images are downloaded from OpenML the first time.")
    linked.control("rows", label="Training rows $n$")
    _layers("Frozen layers")
    convolutions = PAIRS[values["pair"]].model == "cnn"
    linked.control("layers", label="Convolutions" if convolutions else "Hidden layers")
    linked.control("width", label="Channels" if convolutions else "Width")


def _after_a_run(values: Mapping[str, Any]) -> None:
    with store_told():
        runs = {run.id: run for run in _offered(values["run"])}
        if runs:
            linked.menu(
                "run",
                values["run"],
                st.selectbox,
                "Run",
                list(runs),
                format_func=lambda id: f"{id}: {runs[id].name}",  # names may be alike, and there is room for few words
                placeholder="Choose one of yours",
            )
        else:
            st.caption("You have no run yet that has ended: train one, then come back.")
        st.page_link("pages/runs.py", label="Mark one on the page of runs", icon=":material/checklist:")
        chosen = runs.get(values["run"])
        linked.control("target", label="Second task", names=SECOND_TASKS)
        if chosen is not None and chosen.config is not None:
            fitting = [name for key, name in SECOND_TASKS.items() if not why_no_task(chosen.config, key, chosen.name)]
            st.caption(f"It fits {', '.join(fitting)}." if fitting else "Its network fits none of these tasks.")
    linked.control("rows", label="Training rows $n$")
    _layers("Frozen layers")


def _after_imagenet(values: Mapping[str, Any]) -> None:
    linked.control("network", label="Network", names={key: entry.name for key, entry in PRETRAINED.items()})
    linked.control("images", label="Second task", names={key: images.name for key, images in IMAGES.items()})
    linked.control("side", label="Side of the images")
    linked.control("rows", label="Training images $n$")
    _layers("Frozen blocks", "blocks")


def _layers(label: str, name: str = "freeze") -> None:
    linked.control(name, label=label)
    linked.control("factor", label="Rate of each layer, by the next")
    linked.control("unfreeze", label="Epochs between unfreezings")


def _offered(named: str) -> list[StoredRun]:
    """The visitor's newest runs that have ended, and the one that the link names."""
    store = the_lab().store
    ended = store.runs(RunFilter(owner=visitor(), statuses=ENDED), limit=MOST_OFFERED)
    own = [run for run in ended if run.config is not None]
    other = store.run(named) if named and named not in {run.id for run in own} else None
    return [*own, *([other] if other is not None else [])]


def transfer_part(study: Study, values: Mapping[str, Any]) -> None:
    """What there is of the study."""
    dark, rows = dark_theme(), int(values["rows"])
    left, right = st.columns(2)
    with left:
        linked.one_of("shown", values["shown"], "What is drawn", SHOWN)
        figure = epochs_figure(study, list(WAYS), rows=rows, shown=values["shown"], dark=dark)
        if figure is None:
            st.caption(f"Those with {rows} rows come next.")
        else:
            alt = f"{SHOWN[values['shown']]} by epoch with {rows} rows: from scratch, frozen, fine-tuned, two more"
            picture(figure, "reuse.epochs", alt)
    with right:
        st.markdown("**By the number of rows**")
        figure = rows_figure(study, rows=rows, dark=dark)
        if figure is not None:
            picture(figure, "reuse.rows", "The least validation loss of each way by the number of training rows")
    for sentence in transfer_sentences(study, values):
        st.markdown(sentence)
    if columns := pace_columns(study):
        plain_table("How soon each way is as low as from scratch", columns)
    st.caption(_how(values))


def _how(values: Mapping[str, Any]) -> str:
    """How it was measured, of what was learned where."""
    seeds = f"Medians of {values['seeds']} seeds. " if values["seeds"] > 1 else ""
    sources = "(Yosinski et al. 2014; rates by layer and unfreezing: Howard and Ruder 2018)"
    if values["source"] == "imagenet":
        entry = PRETRAINED[values["network"]]
        return (
            f"{seeds}{entry.name} from torchvision ({entry.reference}), a new last layer, {PRETRAINED_EPOCHS} epochs "
            f"by Adam, {PRETRAINED_VAL} validation images {sources}. Images are enlarged and scaled as its weights "
            "say. Frozen blocks see each image once. Dashed: the lowest loss from scratch."
        )
    if values["source"] == "run":
        return (
            f"{seeds}The run's network learns the second task for {EPOCHS} epochs, by Adam; it begins with the run's "
            f"best weights, or anew {sources}. The last layer is taken over where the classes are the same. Dashed: "
            "the lowest loss from scratch."
        )
    return (
        f"{seeds}The first task is learned for {SOURCE_EPOCHS} epochs from its rows, the second for {EPOCHS}, by Adam; "
        f"the last layer is taken over where the classes are the same {sources}. Dashed: the lowest loss from scratch."
    )
