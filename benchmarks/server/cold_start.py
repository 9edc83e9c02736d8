"""Cold start to first paint of the app, beside an empty Streamlit page, from the same browser in the same run.

Each round starts a server process, opens a fresh browser context and ends when the main content is on screen: the
word "hello" on the empty page, our first words, or the drawn paths. Rounds alternate, so that all see the same machine.

    python -m benchmarks.server.cold_start [rounds]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in

AIM = 1.3
# The player writes the first value into its legend in the frame in which it draws the paths.
PATHS_DRAWN = ".dl-chip .dl-value:not(:empty)"


def seconds_to_paint(browser: Browser, script: Path, path: str, selector: str, log: Path) -> float:
    begun = time.perf_counter()
    with serve(script, log) as url:
        opened = open_in(browser, url + path, reduced_motion="reduce")
        opened.page.wait_for_selector(selector)
        taken = time.perf_counter() - begun
        opened.close()
    return taken


def main(rounds: int = 7) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty, log = Path(folder, "empty.py"), Path(folder, "server.log")
        empty.write_text("import streamlit as st\n\nst.write('hello')\n")
        races = {
            "empty page": (empty, "/", "text=hello"),
            "landing page, words": (ROOT / "server.py", "/", "h1:has-text('Descent Lab')"),
            "landing page, race": (ROOT / "server.py", "/", PATHS_DRAWN),
            "descent page, race": (ROOT / "server.py", "/descent", PATHS_DRAWN),
        }
        taken: dict[str, list[float]] = {name: [] for name in races}
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        for _ in range(rounds):
            for name, (script, path, selector) in races.items():
                taken[name].append(seconds_to_paint(browser, script, path, selector, log))
        browser.close()
    floor = statistics.median(taken["empty page"])
    print(f"cold start to first paint, {rounds} alternating rounds (aim: within {AIM} x the empty page)")
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"{name:19} {median:5.2f} s ({min(seconds):.2f} to {max(seconds):.2f})   {median / floor:4.2f} x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
