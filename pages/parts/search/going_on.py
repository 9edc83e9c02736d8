"""What a visitor may do about a search that others have begun, and how he hears of what they do about it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from trainers.store import StoredJob
from widgets import run_again, store_told

IDLE = 5.0  # seconds between two looks at a search that nobody has begun, that is held or has ended too early
THEIRS = "This search is somebody else's. You may watch it and open its runs."


def goes_on(job: StoredJob | None) -> bool:
    """Whether it waits or is worked on."""
    return job is not None and job.active and job.status != "paused"


@st.fragment(run_every=IDLE)
def look_again(read: Callable[[], StoredJob | None]) -> None:
    """The whole page runs again when somebody has a search begin or go on, or it is done. ``read`` reads it."""
    with store_told():
        job = read()
        if goes_on(job) or (job is not None and job.status == "finished"):
            run_again()
