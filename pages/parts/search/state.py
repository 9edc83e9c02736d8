"""What the page of searches shows, in its controls, the session and the link."""

from __future__ import annotations

import streamlit as st

from experiments.search import SearchCodec, ShownSearch
from figures.runs import literal
from figures.search import refusal_words
from trainers.lab import rates_over, search_over
from widgets import LinkedState

TICK = 0.45  # seconds between two looks at a search that goes on
linked: LinkedState[ShownSearch] = LinkedState("search", SearchCodec(words=refusal_words))


def over() -> tuple[str, str]:
    """The setting that makes what is asked for larger than this server takes, and why; both empty where none does."""
    if linked.state.part == "vary":
        return search_over(linked.state.sweep)
    return rates_over(linked.state.request)


def tell_over(*names: str) -> None:
    """Say at the control of one of these settings that it goes beyond."""
    at, why = over()
    if at in names:
        st.warning(literal(why), icon=":material/block:")
