"""From a click on the map to repainted paths, beside the rerun of an empty Streamlit fragment in the same browser.

All are timed in the page: from the pointer's release to the frame after the change has arrived in the document. On our
page that change is the legend's values, which the player writes in the frame in which it draws the paths, and then the
sentences about them, which are the server's answer; on the empty page it is a counter. Motion is reduced, so that the
whole path is drawn at once. Clicks alternate between the pages.

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

AIMS_MS = {"paths on the map": 50.0, "server's answer": 150.0}
EMPTY = """
import streamlit as st

@st.fragment
def again():
    st.button("again")
    st.session_state.count = st.session_state.get("count", 0) + 1
    st.write(f"counted {st.session_state.count}")

again()
"""
# Resolves to the milliseconds between the next pointerup and the frame after the watched text has changed: that of a
# node, or of what is found in it.
WATCH = """(node, inside) => {
    const read = () => (inside ? node.querySelector(inside)?.textContent : node.textContent);
    const before = read();
    let begun = null;
    addEventListener("pointerup", () => { begun = performance.now(); }, { once: true, capture: true });
    window.repainted = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error('nothing was repainted within 10 s')), 10_000);
        const changed = () => {
            if (begun === null || !read() || read() === before) return;
            observer.disconnect();
            requestAnimationFrame((frame) => setTimeout(() => resolve(performance.now() - begun)));
        };
        const observer = new MutationObserver(changed);
        observer.observe(node, { childList: true, characterData: true, subtree: true });
    });
}"""


def milliseconds(
    page: Page,
    watched: Locator,
    target: Locator,
    position: tuple[float, float] | None = None,
    inside: str | None = None,
) -> float:
    watched.evaluate(WATCH, inside)
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


def measure(browser: Browser, empty_url: str, app_url: str, clicks: int) -> dict[str, list[float]]:
    empty = open_in(browser, empty_url, reduced_motion="reduce").page
    ours = open_in(browser, f"{app_url}/descent", reduced_motion="reduce").page
    settle(empty)
    settle(ours)
    ours.wait_for_selector(".dl-chip .dl-value:not(:empty)")
    taken: dict[str, list[float]] = {"empty fragment": [], **{name: [] for name in AIMS_MS}}
    for place, again in zip(_places(2 * clicks)[::2], _places(2 * clicks)[1::2], strict=True):
        empty.bring_to_front()
        counted = empty.locator("[data-testid=stMain]")
        taken["empty fragment"].append(milliseconds(empty, counted, empty.get_by_role("button", name="again")))
        ours.bring_to_front()
        where = ours.locator(".dl-map").first
        taken["paths on the map"].append(milliseconds(ours, ours.locator(".dl-legend").first, where, place))
        settle(ours)
        main = ours.locator("[data-testid=stMain]")
        taken["server's answer"].append(milliseconds(ours, main, where, again, inside=_SENTENCES))
        settle(ours)
    return {name: times[1:] for name, times in taken.items()}


_SENTENCES = "ul"


def main(clicks: int = 31) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder, "empty.py")
        script.write_text(EMPTY)
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        app_log = Path(folder, "app.log")
        with serve(script, Path(folder, "empty.log")) as empty, serve(ROOT / "server.py", app_log) as app:
            taken = measure(browser, empty, app, clicks)
        browser.close()
    floor = statistics.median(taken["empty fragment"])
    print(f"click to repainted, {clicks - 1} alternating clicks")
    for name, times in taken.items():
        median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        more = f", {median - floor:+.1f} ms (aim: {AIMS_MS[name]:.0f} more)" if name in AIMS_MS else ""
        print(f"{name:17} median {median:6.1f} ms, 95th percentile {slow:6.1f} ms{more}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
