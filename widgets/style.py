"""How pages look: the theme, cards, sentences behind their colors, pictures, what can be taken away."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from figures.theme import on_background


def chip(color: str) -> str:
    """Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``."""
    return f'<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{color}"></span>'


@contextmanager
def page_head(title: str) -> Iterator[None]:
    """The first line of a page: its title, and at the other end what is drawn inside."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {title}", width="content")
        yield


def dark_theme() -> bool:
    """Whether the viewer sees the dark theme; light until the browser has said so."""
    return st.context.theme.type == "dark"


def page_style() -> None:
    """Less air around the page, so that the picture is large and what happened is above the fold."""
    st.html(
        """<style>
        [data-testid="stMainBlockContainer"] { padding: 4rem 1.5rem 3rem; }
        [data-testid="stSidebarUserContent"] { padding-top: 0; }
        .st-key-address { display: none; }
        [data-testid="stSidebarHeader"] { height: 2.4rem; margin-bottom: .2rem; }
        @media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 4rem .9rem 3rem; } }
        /* The dark theme's accent is light enough to be read on its background, too light for white text on it. */
        button[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] [data-baseweb="tag"]
            { background: #0072B2; border-color: #0072B2; color: white; }
        button[data-testid="stBaseButton-primary"]:hover { background: #005F96; border-color: #005F96; color: white; }
        </style>"""
    )


def take_away_menu(address: str, what: str, name: str, files: Sequence[tuple[str, str, str, Any]]) -> None:
    """A link and files to download. files: (label, ending, MIME type, what makes it when it is asked for)."""
    with st.popover("Take away", icon=":material/download:"):
        st.caption(f"A link that opens this {what}")
        st.code(address, language=None, wrap_lines=True)
        for label, ending, mime, make in files:
            st.download_button(
                label, make, f"{name}.{ending}", mime, key=f"take-{ending}", on_click="ignore", width="stretch"
            )


def card_style() -> None:
    """Make every container with a key ``card-...`` a card whose whole face is its link."""
    st.html(
        """<style>
        [class*="st-key-card-"] { position: relative; border-radius: .5rem; }
        [class*="st-key-card-"] [data-testid="stPageLink"] a::after { content: ""; position: absolute; inset: 0; }
        [class*="st-key-card-"] [data-testid="stPageLink"], [class*="st-key-card-"] [data-testid="stPageLink"] div
            { position: static; }
        [class*="st-key-card-"] img { border-radius: .5rem; transition: opacity .15s; }
        [class*="st-key-card-"]:hover img { opacity: .85; }
        .st-key-open-race a, .st-key-open-race a:hover { background: #0072B2; padding: .5rem 1rem; }
        .st-key-open-race a :is(p, span) { color: white; font-weight: 600; }
        </style>"""
    )


def colored_sentences(sentences: Sequence[tuple[str, str]]) -> None:
    """(color of the theme, sentence) as a list, each behind its color."""
    rows = "".join(
        f'<li style="display:flex;gap:.5em;align-items:baseline">{chip(on_background(color, dark_theme()))}'
        f"<span>{html.escape(sentence)}</span></li>"
        for color, sentence in sentences
    )
    st.html(f'<ul style="list-style:none;padding:0;margin:0;line-height:1.6">{rows}</ul>')


def picture(figure: Any, key: str, alt: str, **options: Any) -> Any:
    """A Plotly figure in its own theme, without Plotly's buttons. ``alt`` says what it shows to who cannot see it."""
    config = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
    return st.plotly_chart(figure, key=f"picture.{key}", theme=None, config=config, alt=alt, **options)
