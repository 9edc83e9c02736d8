"""How pages look: the theme, cards, sentences behind their colors, pictures, what can be taken away."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from figures.theme import on_background
from numerals import readable
from widgets.address import change_size, change_theme, is_large
from widgets.components import picture_files
from widgets.glossary import glossary


def chip(color: str) -> str:
    """Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``."""
    return f'<span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;background:{color}"></span>'


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
_PAGE = """
    .st-key-address { display: none; }
    .st-key-cards-surfaces { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem; }
    [data-testid="stMainBlockContainer"] { padding: 3.6rem 1.5rem 3rem; }
    [data-testid="stSidebarUserContent"] { padding-top: 0; }
    [data-testid="stSidebarHeader"] { height: 2.4rem; margin-bottom: .2rem; }
    .st-key-page-head h1 { font-size: 1.15rem; padding: .2rem 0; font-weight: 600; }
    [data-testid="stMain"] h2 { font-size: 1.25rem; padding: .6rem 0 .3rem; font-weight: 600; }
    /* Streamlit's own grey has a contrast of 4.2. */
    [data-testid="stCaptionContainer"], [data-testid="stExpander"] summary,
    [data-testid="stExpander"] summary [data-testid="stMarkdownContainer"] { color: inherit; }
    [data-testid="stCaptionContainer"], [data-testid="stExpander"] summary { opacity: .85; }
    /* So have four of its colors on the ground of code. */
    [data-testid="stCode"] code .token.keyword { color: color-mix(in srgb, #1C83E1 65%, currentColor); }
    [data-testid="stCode"] code .token.string { color: color-mix(in srgb, #009E73 45%, currentColor); }
    [data-testid="stCode"] code .token.number { color: color-mix(in srgb, #00A394 55%, currentColor); }
    [data-testid="stCode"] code .token.comment { color: color-mix(in srgb, #808495 50%, currentColor); }
    .dl-table { overflow-x: auto; border-radius: .4rem;
        --line: color-mix(in srgb, currentColor 20%, transparent); border: 1px solid var(--line); }
    .dl-table table { width: 100%; border-collapse: collapse; margin: 0; font-size: .93rem; }
    .dl-table :is(th, td) { padding: .3rem .7rem; text-align: start; border: 0 solid var(--line); }
    .dl-table th { font-weight: 600; }
    .dl-table thead th { font-weight: 400; opacity: .85; }
    .dl-table tbody tr > * { border-top-width: 1px; }
    .dl-table td { font-variant-numeric: tabular-nums; }
    .katex-display { overflow: clip !important; overflow-clip-margin: .6em; padding: .15em 0; }
    .katex-display > .katex { white-space: normal; font-size: 1.1em; }
    /* A formula that is wider than a phone is moved with a finger, and not the page. */
    @media (max-width: 640px) {
        .st-key-page-head h1 .katex
            { display: inline-block; max-width: 100%; overflow: auto hidden; padding-block: .15em;
              vertical-align: middle; }
        .st-key-page-head [data-testid="stMarkdown"] { max-width: 100%; }
    }
    .st-key-look-buttons button { min-height: 36px; min-width: 36px; padding: 0 .3rem; }
    .st-key-look-buttons button p
        { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    /* As tall as leaves the first sentence in view; what is not loaded yet keeps its place. */
    .st-key-race-player { --dl-fit: clamp(15rem, calc(100dvh - 14.4rem), 70rem); }
    .st-key-race-player > div { min-height: var(--dl-fit); }
    @media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.6rem .9rem 3rem; } }
    .st-key-beside-picture { display: none; }
    @media (max-width: 767.98px), (max-height: 500px)
        { .st-key-beside-picture { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }
    @media (max-width: 767.98px) { [data-testid="stLayoutWrapper"]:has(> .st-key-beside-picture) { order: -1; } }
    @media (max-width: 640px) { .st-key-look-size { display: none; } }
    @media (max-height: 640px) {
        [data-testid="stMainBlockContainer"] { padding-top: 3.6rem; }
        [data-testid="stMainBlockContainer"] > div { gap: .4rem; }
        .st-key-page-head h1 { padding: 0; }
        .st-key-page-head { flex-wrap: nowrap; }
        .st-key-look-for { display: none; }
        .st-key-race-player { --dl-fit: clamp(13rem, calc(100dvh - 12.8rem), 70rem); }
    }
    @media (max-height: 500px) { .st-key-race-player { --dl-fit: clamp(12.4rem, calc(100dvh - 8.8rem), 70rem); } }
    /* A finger needs 44 pixels. */
    @media (pointer: coarse) {
        button[data-testid^="stBaseButton"], [data-testid="stPageLink-NavLink"], [data-testid="stSidebarNavLink"],
        [data-testid="stTopNavLink"], [data-testid="stTopNavSection"], [data-testid="stTopNavDropdownLink"],
        [data-testid="stExpander"] summary, .react-aria-ComboBox > [data-rac],
        [data-testid="stNumberInputContainer"], [data-testid="stTextInputRootElement"],
        [data-testid="stCheckbox"] label { min-height: 44px; }
        button[data-testid^="stBaseButton"], [data-testid="stTooltipHoverTarget"] { min-width: 44px; }
        [data-testid="stSlider"] [role="slider"]::after { content: ""; position: absolute; inset: -16px; }
    }
    /* The dark theme's accent is light enough to be read on its background, too light for white text on it. */
    button[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] [data-tag]
        { background: #0072B2; border-color: #0072B2; color: white; }
    button[data-testid="stBaseButton-primary"]:hover { background: #005F96; border-color: #005F96; color: white; }
"""
_LARGE = """
    html { font-size: 20px; --dl-font: 17px; }
    .st-key-race-player { --dl-fit: clamp(13rem, calc(100dvh - 14.6rem), 70rem); }
    @media (max-height: 640px) { .st-key-race-player { --dl-fit: clamp(11rem, calc(100dvh - 12.7rem), 70rem); } }
"""


def page_style(*, controls: bool = False) -> None:
    """Less air around the page, so that the picture is large and what happened is above the fold.

    controls: whether some will stand in the sidebar, which opens at once then: what is drawn before them stays in its
    place.
    """
    if controls:
        st.sidebar.html("<span></span>")
    st.session_state[_DRAWN] = {}
    st.html(f"<style>{_PAGE}{_LARGE if is_large() else ''}</style>")


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
    st.html(
        """<style>
        [class*="st-key-cards-"] { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; }
        @media (max-width: 1000px) { [class*="st-key-cards-"] { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
        [class*="st-key-card-"] { position: relative; border-radius: .5rem; gap: .3rem; }
        [class*="st-key-card-"] [data-testid="stPageLink"] :is(p, span) { white-space: normal; overflow: visible; }
        [class*="st-key-card-"] [data-testid="stPageLink"] p { font-weight: 600; }
        [class*="st-key-card-"] [data-testid="stElementToolbar"] { display: none; }
        .st-key-hero { min-height: 450px; }
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


def picture(figure: Any, key: str, alt: str, **options: Any) -> Any:
    """A Plotly figure in its own theme, without Plotly's buttons. ``alt`` says what it shows to who cannot see it."""
    if is_large():
        figure.update_layout(font_size=17)
    st.session_state.setdefault(_DRAWN, {})[key] = figure
    config = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
    return st.plotly_chart(figure, key=f"picture.{key}", theme=None, config=config, alt=alt, **options)
