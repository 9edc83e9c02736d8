"""The keys of a lesson."""

from __future__ import annotations

import time

from playwright.sync_api import Page

from tests.browser.pages import TRAINING_MS, eventually, query

UNHEARD = 20.0  # seconds, after which a key is pressed again: longer than any busy page takes to say that it has heard


def press_on(page: Page, timeout_ms: float = TRAINING_MS) -> None:
    """To the next step: pressed once, and again only where the page was too busy to hear it; twice is two steps."""
    place, asked = query(page).get("lesson"), 0.0

    def gone() -> bool:
        nonlocal asked
        if query(page).get("lesson") != place:
            return True
        if time.monotonic() - asked > UNHEARD:
            asked = time.monotonic()
            page.keyboard.press("Shift+ArrowRight")
        return False

    eventually(gone, bool, timeout_ms)  # some steps compute what others train
