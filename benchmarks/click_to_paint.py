"""From a click on the map to repainted paths, beside the rerun of an empty Streamlit fragment in the same browser.

Both are timed in the page: from the pointer's release to the frame after the change has arrived in the document. On our
page that change is the legend's values, which the player writes in the frame in which it draws the paths; on the empty
page it is a counter. Motion is reduced, so that the whole path is drawn at once. Clicks alternate between the pages.

    python -m benchmarks.click_to_paint [clicks]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in, settle

AIM_MS = 50.0
EMPTY = """
import streamlit as st

@st.fragment
def again():
    st.button("again")
    st.session_state.count = st.session_state.get("count", 0) + 1
    st.write(f"counted {st.session_state.count}")

again()
"""
# Resolves to the milliseconds between the next pointerup and the frame after the watched text has changed.
WATCH = """(node) => {
    const before = node.textContent;
    let begun = null;
    addEventListener("pointerup", () => { begun = performance.now(); }, { once: true, capture: true });
    window.repainted = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error('nothing was repainted within 10 s')), 10_000);
        const changed = () => {
            if (begun === null || !node.textContent || node.textContent === before) return;
            observer.disconnect();
            requestAnimationFrame((frame) => setTimeout(() => resolve(performance.now() - begun)));
        };
        const observer = new MutationObserver(changed);
        observer.observe(node, { childList: true, characterData: true, subtree: true });
    });
}"""


def milliseconds(page: Page, watched: Locator, target: Locator, position: tuple[float, float] | None = None) -> float:
    watched.evaluate(WATCH)
    if position is None:
        target.click()
    else:
        box = target.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + position[0] * box["width"], box["y"] + position[1] * box["height"])
    return page.evaluate("window.repainted")


def _places(count: int) -> list[tuple[float, float]]:
    """Spread over the middle of the map, each away from the one before."""
    return [(0.2 + 0.6 * (0.618 * i % 1), 0.2 + 0.6 * (0.755 * i % 1)) for i in range(count)]


def measure(browser: Browser, empty_url: str, app_url: str, clicks: int) -> tuple[list[float], list[float]]:
    empty = open_in(browser, empty_url, reduced_motion="reduce").page
    ours = open_in(browser, f"{app_url}/descent", reduced_motion="reduce").page
    settle(empty)
    settle(ours)
    ours.wait_for_selector(".dl-chip .dl-value:not(:empty)")
    floor, taken = [], []
    for place in _places(clicks):
        empty.bring_to_front()
        floor.append(
            milliseconds(empty, empty.locator("[data-testid=stMain]"), empty.get_by_role("button", name="again"))
        )
        ours.bring_to_front()
        taken.append(milliseconds(ours, ours.locator(".dl-legend").first, ours.locator(".dl-map").first, place))
        settle(ours)
    return floor[1:], taken[1:]


def main(clicks: int = 31) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder, "empty.py")
        script.write_text(EMPTY)
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        app_log = Path(folder, "app.log")
        with serve(script, Path(folder, "empty.log")) as empty, serve(ROOT / "server.py", app_log) as app:
            floor, taken = measure(browser, empty, app, clicks)
        browser.close()
    print(f"click to repainted, {clicks - 1} alternating clicks (aim: within {AIM_MS:.0f} ms of the empty fragment)")
    for name, times in (("empty fragment", floor), ("paths on the map", taken)):
        slow = statistics.quantiles(times, n=20)[-1]
        print(f"{name:17} median {statistics.median(times):6.1f} ms, 95th percentile {slow:6.1f} ms")
    print(f"difference        median {statistics.median(taken) - statistics.median(floor):6.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
