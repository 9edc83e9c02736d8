"""How pages look: the theme, cards, sentences behind their colors, pictures, what can be taken away."""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import streamlit as st

from figures.axes import enlarge
from figures.theme import on_background
from numerals import readable
from widgets.address import change_size, change_theme, is_large
from widgets.classroom import class_button
from widgets.components import picture_files
from widgets.glossary import glossary
from widgets.own_lesson import add_view_button
from widgets.rules_of_style import CARDS, PAGE


def chip(color: str) -> str:
    """Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``."""
    style = f"display:inline-block;flex:none;width:.8em;height:.8em;border-radius:2px;background:{color}"
    return f'<span style="{style}"></span>'


@contextmanager
def page_head(title: str) -> Iterator[None]:
    """The first line of a page: its title, and at the other end what is drawn inside."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small", key="page-head"
    ):
        st.markdown(f"# {title}", width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            yield
            look_buttons()


def look_buttons() -> None:
    """How every page is shown: in the size of a presentation or not, in the dark or the light theme."""
    with st.container(horizontal=True, width="content", gap=None, key="look-buttons"):
        glossary()
        class_button()
        add_view_button()
        st.button(
            "Usual size" if is_large() else "Size for a presentation",
            icon=":material/close_fullscreen:" if is_large() else ":material/slideshow:",
            type="tertiary",
            key="look.size",
            on_click=change_size,
            help="Large type, controls folded; the link keeps it.",
        )
        other = "light" if dark_theme() else "dark"
        st.button(
            f"{other.capitalize()} theme",
            icon=f":material/{other}_mode:",
            type="tertiary",
            key="look.theme",
            on_click=change_theme,
            args=(other,),
            help=f"Show all pages in the {other} theme; the link keeps it.",
        )


def dark_theme() -> bool:
    """Whether the viewer sees the dark theme; light until the browser has said so."""
    return st.context.theme.type == "dark"


_DRAWN = "figures drawn"
_LETTERS, _TALLER = 1.3, 1.35  # of pictures in the size of a presentation: a low one is a strip on a projector
_LARGE = """
    html { font-size: 20px; --dl-font: 17px; }
    .st-key-race-player { --dl-fit: clamp(13rem, calc(100dvh - 14.6rem), 70rem); }
    @media (max-height: 640px) { .st-key-race-player { --dl-fit: clamp(11rem, calc(100dvh - 12.7rem), 70rem); } }
"""


def page_style(*, controls: bool = True) -> None:
    """Less air around the page, so that the picture is large and what happened is above the fold.

    controls: whether some will stand in the sidebar, which opens at once then: what is drawn before them stays in its
    place. Without them there is no sidebar.
    """
    if controls:
        st.sidebar.html("<span></span>")
    st.session_state.pop(_DRAWN, None)  # else those of the run before stay beside those of this one until the next
    st.session_state[_DRAWN] = {}
    st.html(f"<style>{PAGE}{_LARGE if is_large() else ''}</style>")


def take_away_menu(
    address: str, what: str, name: str, files: Sequence[tuple[str, str, str, Any]], *, pictures: bool = False
) -> None:
    """A link and files to download.

    files: (label, ending, MIME type, what makes it when it is asked for). pictures: whether each ``picture`` of the
    page is offered, too.
    """
    with st.popover("Take away", icon=":material/download:"):
        st.caption(f"A link that opens this {what}")
        st.code(address, language=None, wrap_lines=True)
        for label, ending, mime, make in files:
            st.download_button(
                label, make, f"{name}.{ending}", mime, key=f"take-{ending}", on_click="ignore", width="stretch"
            )
        if pictures:
            picture_files(key=f"take-pictures.{name}")


def card_style() -> None:
    """Make every container with a key ``card-...`` a card whose whole face is its link."""
    st.html(f"<style>{CARDS}</style>")


def colored_sentences(sentences: Sequence[tuple[str, str]]) -> None:
    """(color of the theme, sentence) as a list, each behind its color."""
    rows = "".join(
        f'<li style="display:flex;gap:.5em;align-items:baseline">{chip(on_background(color, dark_theme()))}'
        f"<span>{html.escape(sentence)}</span></li>"
        for color, sentence in sentences
    )
    st.html(f'<ul style="list-style:none;padding:0;margin:0;line-height:1.6">{rows}</ul>')


def plain_table(label: str, columns: Mapping[str, Sequence[str | float | int | None]]) -> None:
    """A small table as the page's own text, which costs the browser next to nothing; columns by their heads.

    The first column names the rows; numbers are written with the app's digits, None as a dash.
    """
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in columns)
    rows = "".join(
        "<tr>" + "".join(_cell(value, first=place == 0) for place, value in enumerate(row)) + "</tr>"
        for row in zip(*columns.values(), strict=True)
    )
    drawn_table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    st.html(f'<div class="dl-table" tabindex="0" role="region" aria-label="{html.escape(label)}">{drawn_table}</div>')


def _cell(value: str | float | int | None, *, first: bool) -> str:
    text = "—" if value is None else html.escape(value if isinstance(value, str) else readable(value))
    kind = "" if isinstance(value, str) else ' class="dl-number"'
    return f'<th scope="row">{text}</th>' if first else f"<td{kind}>{text}</td>"


def drawn() -> dict[str, Any]:
    """The pictures of this run by key, as far as they are drawn; filled further until its end."""
    return st.session_state.setdefault(_DRAWN, {})


def picture(figure: Any, key: str, alt: str, *, about: Any = None, **options: Any) -> Any:
    """A Plotly figure in its own theme, without Plotly's buttons. ``alt`` says what it shows to who cannot see it.

    about: all that the figure depends on, where ``figure`` is a function that makes it: a class that looks at the same
    picture has it made once. Mappings, tuples, numbers and text.
    """
    figure = _shared(figure, (key, _frozen(about), is_large())) if about is not None else _sized(figure)
    st.session_state.setdefault(_DRAWN, {})[key] = figure
    config = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
    return st.plotly_chart(figure, key=f"picture.{key}", theme=None, config=config, alt=alt, **options)


_MOST_SHARED = 16  # figures, of a megabyte or less
_figures: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_shares = Lock()


def _shared(make: Callable[[], Any], place: tuple[Any, ...]) -> Any:
    """The figure of this place, which nobody may change."""
    with _shares:
        if place in _figures:
            _figures.move_to_end(place)
            return _figures[place]
    figure = _sized(make())
    with _shares:
        _figures[place] = figure
        while len(_figures) > _MOST_SHARED:
            _figures.popitem(last=False)
    return figure


def _sized(figure: Any) -> Any:
    if is_large():
        enlarge(figure, _LETTERS, _TALLER)
    return figure


def _frozen(about: Any) -> Any:
    """A key of it. Numbers go by their type, too: 1 may be worded otherwise than 1.0."""
    if isinstance(about, Mapping):
        return tuple((name, _frozen(each)) for name, each in sorted(about.items()))
    if isinstance(about, tuple):
        return tuple(map(_frozen, about))
    return type(about), about
