"""The pictures in the README: pages of the running app, at 1280 x 800 on a sharp screen.

python -m tools.picture
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in, settle
from trainers.presets import PRESETS

PICTURES = ROOT / "docs"
PATHS_DRAWN = ".dl-chip .dl-value:not(:empty)"
TRAINED = 90_000  # milliseconds


def descent(page: Page) -> None:
    page.wait_for_selector(PATHS_DRAWN)


def training(page: Page) -> None:
    page.get_by_text("Finished · epoch").wait_for(timeout=TRAINED)
    page.wait_for_timeout(1000)  # the album of the ended run is drawn


def take(browser: Browser, url: str, name: str, ready: Callable[[Page], None]) -> list[str]:
    # Reduced motion: the finished paths, not a moment of the animation.
    opened = open_in(browser, url, reduced_motion="reduce", device_scale_factor=2)
    settle(opened.page)
    ready(opened.page)
    opened.page.wait_for_load_state("networkidle")
    path = PICTURES / name
    opened.page.screenshot(path=path)
    print(f"wrote {path.relative_to(ROOT)}, {path.stat().st_size / 1024:.0f} kB")
    return opened.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    overfitting = urlencode(PRESETS["overfitting"].configs()[0][1].to_query())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        with serve(ROOT / "server.py", Path(folder, "server.log")) as url:
            complaints = take(browser, f"{url}/descent", "descent.png", descent)
            complaints += take(browser, f"{url}/training?{overfitting}", "training.png", training)
        browser.close()
    if complaints:
        raise SystemExit("\n".join(complaints))


if __name__ == "__main__":
    main()
