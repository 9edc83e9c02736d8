"""From a slider's key to the repainted picture: initialization (measured anew) and activations, in the browser.

Both are timed in the page, from the key's press to the frame after the watched text has changed: the first number
beside the histograms, and the sentence about the gradient. Beside them stands the slider of a page that does nothing
else, and the measurement alone in this process. One set-up of 10 layers x 500 units x 1,000 inputs.

    python -m benchmarks.initialization_page [moves]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, sync_playwright

from networks import Setup, trace
from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in, settle

EMPTY = """
import streamlit as st
st.write(f"chosen {st.slider('Value', 0, 100)}")
"""
NUMBER = ".js-plotly-plot .textpoint"
SENTENCE = "[data-testid=stHtml] li"
CHOSEN = "[data-testid=stMarkdown]"
# Resolves to the milliseconds between the next key and the frame after the watched text has changed.
WATCH = """(selector) => {
    const shown = () => [...document.querySelectorAll(selector)].map((node) => node.textContent).join("|");
    const before = shown();
    window.repainted = new Promise((resolve, reject) => {
        addEventListener("keydown", () => {
            const begun = performance.now();
            const look = () => {
                const now = shown();
                if (now && now !== before) setTimeout(() => resolve(performance.now() - begun));
                else if (performance.now() - begun > 30_000) reject(new Error("nothing was repainted within 30 s"));
                else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        }, { once: true, capture: true });
    });
}"""


def milliseconds(page: Page, slider: str, watched: str, moves: int) -> list[float]:
    """One time a move. Every move is a new value, so that nothing is kept from before."""
    settle(page)
    page.locator(watched).first.wait_for(state="attached", timeout=60_000)
    handle = page.get_by_role("slider", name=slider)
    taken = []
    for _ in range(moves):
        page.evaluate(WATCH, watched)
        handle.focus()
        page.keyboard.press("ArrowRight")
        taken.append(page.evaluate("window.repainted"))
        settle(page)
    return taken


def measured_alone(moves: int) -> list[float]:
    taken = []
    for seed in range(moves + 1):
        begun = perf_counter()
        trace(Setup(seed=seed))
        taken.append(1e3 * (perf_counter() - begun))
    return taken[1:]


def main(moves: int = 12) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder, "empty.py")
        script.write_text(EMPTY)
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        rows = []
        with serve(script, Path(folder, "empty.log")) as url:
            rows.append(("a slider alone", milliseconds(open_in(browser, url).page, "Value", CHOSEN, moves)))
        with serve(ROOT / "server.py", Path(folder, "app.log")) as url:
            page = open_in(browser, f"{url}/activations").page
            rows.append(("activations", milliseconds(page, "Weight", SENTENCE, moves)))
            page = open_in(browser, f"{url}/initialization?n=1").page
            rows.append(("initialization", milliseconds(page, "Scale of set-up 1", NUMBER, moves)))
        browser.close()
    rows.append(("measurement alone", measured_alone(moves)))
    print(f"slider to repainted picture, {moves - 1} moves each")
    for name, times in rows:
        slow = max(times[1:])
        print(f"{name:18} median {statistics.median(times[1:]):6.0f} ms, slowest {slow:6.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
