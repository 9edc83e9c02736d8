"""The address of the page that is shown: one entry of the browser's history a visit, always with its own parameters.

Streamlit pushes an entry with every change of the parameters, below whatever path the browser is at by then. So a
script in the browser (frontend/address/) lets a change take the place of the entry before, and what a page has to say
is held back until that script has told that the browser is at this page.

Some parameters are of all pages: ``screen=large``, for a presentation, what is done with controls (see staging.py), and
the step of a lesson, ``lesson=momentum.3``. (The theme is Streamlit's own ``embed_options``.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from widgets.classroom import class_frame
from widgets.components import address_script
from widgets.staging import STAGES

_SIZE, _LARGE = "screen", "large"
LESSON = "lesson"
_FRAME = (LESSON, *STAGES)
OF_ALL_PAGES = (_SIZE, *_FRAME)


@dataclass
class _Address:
    """What the session keeps. visit: how often a page was gone to. shown: the visit that the browser is known to show.

    held: the link of this visit was not told yet. told: the last one that was. theme: asked for, and not loaded yet.
    own: the page's part of the link. frame: what the link says of lesson and controls. given: the page that is gone to
    by a link that is meant. worn: the theme that the page was drawn in.
    """

    path: str | None = None
    visit: int = 0
    shown: int = 0
    link: dict[str, str] = field(default_factory=dict)
    held: bool = False
    told: dict[str, str] | None = None
    large: bool = False
    theme: str | None = None
    own: dict[str, str] = field(default_factory=dict)
    frame: dict[str, str] = field(default_factory=dict)
    given: str | None = None
    worn: str | None = None


def _address() -> _Address:
    return st.session_state.setdefault("address of page", _Address())


def own_query() -> dict[str, str]:
    """The parameters of the address that are the page's own."""
    return {name: text for name, text in st.query_params.to_dict().items() if name not in OF_ALL_PAGES}


def own_link() -> dict[str, str]:
    """The page's own parameters, as it has written them last."""
    return dict(_address().own)


def path() -> str:
    """The page that is shown, by its path."""
    return _address().path or ""


def frame() -> dict[str, str]:
    """What the address says of a lesson and of controls."""
    return dict(_address().frame)


def put_frame(texts: Mapping[str, str]) -> None:
    """Let the address say this of a lesson and of controls, before a page runs."""
    _address().frame = {name: text for name, text in texts.items() if name in _FRAME}


def write_address() -> None:
    """Let the next ``put_address`` write it: a link from a page to itself leaves what the browser shows as it was."""
    _address().held = True


def put_address(link: Mapping[str, str]) -> None:
    """Make ``link`` the page's parameters of the address. Raises ValueError for a name that is of all pages."""
    if taken := [name for name in OF_ALL_PAGES if name in link]:
        raise ValueError(f"{taken[0]} is a parameter of all pages; a page calls its own one otherwise")
    address = _address()
    address.own = dict(link)
    address.link = {**link, **address.frame, **({_SIZE: _LARGE} if address.large else {})}
    if st.context.url is not None and address.shown != address.visit:
        address.held = True
    # The browser may say where it was before it has heard of what was told last. Without an address this is no browser.
    elif address.held or address.link != st.query_params.to_dict() or address.told not in (None, address.link):
        address.held = False
        _tell(address)


def _tell(address: _Address) -> None:
    address.told = dict(address.link)
    st.query_params.from_dict(address.link)


def is_back_or_forward() -> bool:
    """Whether this run was caused by the browser's own buttons: its address is meant, even where it is bare."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def give_view(path: str) -> None:
    """The page of this path is gone to by a link whose view is meant, even where it is bare."""
    _address().given = path


def is_view_given() -> bool:
    """Whether the page that is shown was gone to by such a link; asked once."""
    address = _address()
    given, address.given = address.given, None
    return given is not None and given == address.path


def visit_number() -> int:
    """How often this session has gone to a page."""
    return _address().visit


def has_shown(visit: int) -> bool:
    """Whether the browser is known to have come as far as this visit."""
    return _address().shown >= visit


def is_large() -> bool:
    """Whether pages are shown in the size of a presentation: large type, the controls folded."""
    return _address().large


def change_size() -> None:
    """To the size of a presentation or back, from a callback."""
    _address().large = not _address().large


def change_theme(to: str) -> None:
    """Load the page anew in the theme "light" or "dark", from a callback."""
    _address().theme = to


def keep_address(path: str, paths: Sequence[str]) -> None:
    """Before a page runs: count visits, and load the script. ``path`` is this page's among the ``paths`` of all."""
    address = _address()
    if path != address.path or is_back_or_forward():
        given = st.query_params.get(_SIZE)
        if address.path is None or given is not None or is_back_or_forward():
            address.large = given == _LARGE
        put_frame(st.query_params.to_dict())
        address.path, address.visit, address.told = path, address.visit + 1, None
    address.worn = st.context.theme.type
    with st.container(key="frame"):
        _await(path, paths)


@st.fragment
def _await(path: str, paths: Sequence[str]) -> None:
    """Hear that the browser is at the page, and tell the link that was held back; that a machine has turned dark."""
    address = _address()
    # A tuple: before a list is sent, Streamlit loads pandas to see whether it is a table.
    data = {"visit": address.visit, "path": path, "paths": tuple(paths), "large": address.large, "theme": address.theme}
    with st.container(key="address"):
        address.shown, search, inside = address_script(data, key="address.script")
    if st.context.theme.type != address.worn:
        from widgets.session import run_again  # which loads this module

        run_again()
    class_frame(paths, inside=inside)
    if address.held and address.shown == address.visit:
        address.held = False
        if dict(parse_qsl(search.removeprefix("?"), keep_blank_values=True)) != address.link:
            _tell(address)
