"""A lesson taken away: its text, one HTML file that works offline, slides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import streamlit as st

from experiments.lessons import Lesson, Step, lesson_text
from pages.parts.lessons.exported import EXPORTED
from pages.parts.lessons.view_types import ExportedView
from pages.parts.lessons.views import codecs
from widgets import choices_of, is_askable, pressed, progress_bar, take_away_menu, told_of

MOST_SECONDS = 150.0
"""For the pictures of a file; steps whose turn comes later are said to be in the lab."""
WIDE, NARROW = 760, 400
"""CSS pixels across a picture beside the words, and below them."""
_MADE, _LATE = "lesson.made", "This file was to be ready by now. Open this view in the lab."
_UNDRAWN = "This view cannot be drawn outside the lab."
_UNSHOWN = (ValueError, ArithmeticError, LookupError)  # of a link that no codec refuses, and that no picture can show
_KINDS: Mapping[str, tuple[str, str, str]] = {
    "html": ("One HTML file, offline", "text/html", ":material/html:"),
    "pdf": ("Slides, PDF", "application/pdf", ":material/slideshow:"),
}


def take_lesson(name: str, lesson: Lesson) -> None:
    """The link and the text of a lesson, to take away at once."""
    files = [("The lesson as a text file", "md", "text/markdown", lambda: lesson_text(lesson))]
    take_away_menu(f"{_lab()}/lesson?lesson={name}", "lesson", f"lesson-{name}", files)


def take_along(name: str, lesson: Lesson) -> None:
    """The files that hold every step's picture: made when they are asked for, which may take a minute, then saved."""
    with st.expander("Take it along: works without a network", icon=":material/offline_bolt:", key="lesson.along"):
        st.caption(
            "Races, maps and what is dragged play in the HTML file; other pages are pictures there. Runs, searches and "
            "surfaces are in it if the lab has them already."
        )
        made: dict[tuple[str, str], bytes] = st.session_state.setdefault(_MADE, {})
        own = f"{name} {hash(lesson)}"
        place = st.container()
        with st.container(horizontal=True, key="lesson-along"):
            for kind, (label, mime, icon) in _KINDS.items():
                if (own, kind) in made:
                    data, file = made[own, kind], f"lesson-{name}.{kind}"
                    st.download_button(
                        f"Save: {label}",
                        data,
                        file,
                        mime,
                        type="primary",
                        icon=":material/download:",
                        key=f"lesson.save.{kind}",
                        on_click="ignore",
                    )
                elif pressed(f"Make: {label}", icon=icon, key=f"lesson.make.{kind}"):
                    with progress_bar(place, "The pictures of the steps are drawn") as progress:
                        file = _html(lesson, progress) if kind == "html" else _pdf(lesson, progress)
                    made.clear()  # one at a time is kept: they are large
                    made[own, kind] = file
                    st.rerun()


def _lab() -> str:
    """The address of the lab: https://lab.example."""
    parts = urlsplit(st.context.url or "")
    below = parts.path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{below}" if parts.netloc else ""


def _views(lesson: Lesson, progress: Callable[[float], None]) -> Iterator[tuple[int, Step, ExportedView]]:
    """Every step with what is left of its view in a file."""
    end = time.monotonic() + MOST_SECONDS
    for number, step in enumerate(lesson.steps, 1):
        progress((number - 1) / len(lesson.steps))
        yield number, step, exported_view(step) if time.monotonic() < end else ExportedView(missing=_LATE)


def exported_view(step: Step) -> ExportedView:
    """What is left of a step's view in a file; a sentence where it cannot be computed."""
    page = EXPORTED.get(step.page)
    if page is None:
        return ExportedView(missing=_UNDRAWN)
    try:
        return page.view(codecs()[step.page].read(step.query)[0])
    except _UNSHOWN:
        return ExportedView(missing=_UNDRAWN)


def _html(lesson: Lesson, progress: Callable[[float], None]) -> bytes:
    from exports import StepPicture, StepView, lesson_html
    from figures.stills import still_svg

    def pictures(view: ExportedView) -> Iterator[StepPicture]:
        for drawing in view.drawings:
            figures = drawing.draw(False), drawing.draw(True)
            wide, narrow = (
                tuple(
                    still_svg(figure, width=width, dark=dark, about=drawing.alt)
                    for figure, dark in zip(figures, (False, True), strict=True)
                )
                for width in (WIDE, NARROW)
            )
            yield StepPicture(alt=drawing.alt, wide=(wide[0], wide[1]), narrow=(narrow[0], narrow[1]))

    views = {}
    for number, step, view in _views(lesson, progress):
        views[number] = StepView(
            payload=None if view.live is None else view.live[1],
            ground="player" if view.live is None else view.live[0],
            fact=told_of(step, None).sentence if is_askable(step) else "",
            choices=tuple(choices_of(step)) if is_askable(step) else (),
            pictures=tuple(pictures(view)),
            missing=view.missing,
        )
    return lesson_html(lesson, views, _lab()).encode()


def _pdf(lesson: Lesson, progress: Callable[[float], None]) -> bytes:
    from figures.lessons import SCALE, STILL, lesson_slides
    from figures.stills import picture_png, still_png

    def still_of(view: ExportedView) -> bytes:
        width, height = STILL
        if view.still is None:
            return still_png(view.drawings[0].draw(False), width=width, height=height, scale=SCALE)
        picture = view.still(round(width / SCALE), round(height / SCALE))
        share = min(width / picture.width, height / picture.height)
        return picture_png(picture, width=round(picture.width * share), height=round(picture.height * share))

    stills: dict[int, bytes] = {}
    missing: dict[int, str] = {}
    answers: dict[int, tuple[Sequence[str], str]] = {}
    for number, step, view in _views(lesson, progress):
        if view.still is None and not view.drawings:
            missing[number] = view.missing
        else:
            try:
                stills[number] = still_of(view)
            except _UNSHOWN:
                missing[number] = _UNDRAWN
        if is_askable(step):
            answers[number] = choices_of(step), told_of(step, None).sentence
    return lesson_slides(lesson, stills, _lab(), missing, answers)
