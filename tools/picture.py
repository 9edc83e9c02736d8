"""The picture in the README: the descent page of the running app, at 1280 x 800 on a sharp screen.

python -m tools.picture
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in, settle

PICTURE = ROOT / "docs" / "descent.png"
PATHS_DRAWN = ".dl-chip .dl-value:not(:empty)"


def main() -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        with serve(ROOT / "app.py", Path(folder, "server.log")) as url:
            # Reduced motion: the finished paths, not a moment of the animation.
            opened = open_in(browser, f"{url}/descent", reduced_motion="reduce", device_scale_factor=2)
            settle(opened.page)
            opened.page.wait_for_selector(PATHS_DRAWN)
            opened.page.wait_for_load_state("networkidle")
            opened.page.screenshot(path=PICTURE)
            complaints = opened.close()
        browser.close()
    if complaints:
        raise SystemExit("\n".join(complaints))
    print(f"wrote {PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
