"""Augmentation: what the network is shown, and accuracy with it and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from experiments.generalization import (
    IMAGES,
    accuracy_sentences,
    image_sets,
    label_sentences,
    shown_of,
    with_and_without,
)
from experiments.training import label as setting_label
from experiments.training import named
from figures.generalization import accuracy_figure, images_figure
from figures.runs import literal
from pages.parts.generalization.shared import shared_runs
from pages.parts.generalization.state import linked, shows_preset
from trainers.data import DataUnavailable
from trainers.lab import the_lab
from widgets import picture, store_told, tell_news

_GROUPS = {
    "Place": ("rotation", "crop", "scale", "shear", "perspective", "flip", "flip_vertical"),
    "Color": ("brightness", "contrast", "saturation", "hue"),
    "Noise and holes": ("noise", "cutout"),
}


def augmentation_controls(values: Mapping[str, Any]) -> None:
    """The images, and how far each of them may be changed."""
    here = image_sets()
    offered = here if values["images"] in here else here | {values["images"]: IMAGES[values["images"]]}
    if len(offered) > 1:
        linked.control("images", label="Images", names=offered, hint=False)
    linked.control("policy", label="AutoAugment", names={key: named("augmentation.policy", key) for key in _policies()})
    for title, names in _GROUPS.items():
        st.markdown(f"**{title}**")
        for name in names:
            if name not in ("saturation", "hue") or values["images"] == "cifar10" or values[name]:
                linked.control(
                    name, label=setting_label(f"augmentation.{name}", linked.codec.setting(linked.state, name)[0])
                )
    linked.control("seed", exact=True, label="Seed")


def augmentation_part(values: Mapping[str, Any], dark: bool) -> None:
    """The grid of images, what to think of it, and the two runs."""
    tell_news()
    try:
        with st.spinner("The images are drawn.", show_time=False):
            shown = shown_of(values)
    except DataUnavailable as error:
        st.warning(literal(str(error)), icon=":material/info:")
        return
    left, right = st.columns([3, 2])
    with left:
        alt = "Images of some classes: as they are at the left, beside them as the network is shown them"
        with st.container(key="augmentation-images"):  # as high as the page's style says, by the width there is
            picture(images_figure(shown, dark=dark), "augmentation.images", alt, height="stretch")
        st.button("Draw again", icon=":material/casino:", key="generalization.draw_again", on_click=_draw_again)
    with right:
        for sentence in label_sentences(values):
            st.markdown(sentence)
        st.caption(
            "Every epoch draws each image anew, so the network hardly sees one twice. Validation images stay as they "
            "are. Order: place, color, policy, noise, hole. Outside an image is the mean gray of the rows."
        )
        with store_told():
            _accuracy(values, dark)


def _accuracy(values: Mapping[str, Any], dark: bool) -> None:
    wanted = with_and_without(values)
    if wanted[0][1] == wanted[1][1]:
        st.info("Nothing is augmented: move a slider, and train with and without it.")
        return
    rows = wanted[0][1].data.train_size
    runs = shared_runs(
        wanted,
        "Augmentation",
        at_once=shows_preset(),
        label="Train with and without",
        words=f"Two networks learn from {rows} images each: it takes some seconds, once for everybody.",
    )
    feeds = [the_lab().watch(run.id) for run in runs]
    known = [(run.role, feed) for run, feed in zip(runs, feeds, strict=True) if feed is not None and len(feed.epochs)]
    if len(known) < 2:
        return
    alt = "Accuracy over epochs without augmentation and with it, on validation and on training rows"
    picture(accuracy_figure(known, dark=dark), "augmentation.accuracy", alt)
    for sentence in accuracy_sentences(known[0][1], known[1][1]):
        st.markdown(sentence)
    st.caption(f"The same network, {rows} training images and seed; only what is shown in training differs.")
    _ways([run.id for run in runs])


def _ways(ids: list[str]) -> None:
    st.page_link(
        "pages/training.py",
        label="Open on the training page",
        icon=":material/open_in_new:",
        query_params={"run": ids[-1]},
    )


def _draw_again() -> None:
    linked.put({"draw": (linked.state["draw"] + 1) % 1000})


def _policies() -> tuple[str, ...]:
    setting, _ = linked.codec.setting(linked.state, "policy")
    return getattr(setting, "choices", ())
