"""What is drawn comes back where the browser has lost it, as it does when its GPU process ends.

That happens after a fault of a driver, when a machine wakes up, and on a phone that needs the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from exports.live import live_html
from figures.live.payload import live_payload
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.contexts import Contexts
from tests.browser.maps.test_maps import QUICK
from tests.browser.pages import at_rest, eventually, open_in, settle
from tests.browser.viewers.test_live import album, run
from tests.figures.live.test_live_payload import plane_facts

PAGES = {
    "a race": ("/descent", 8),
    "a race in three dimensions": ("/descent?v.picture=3d", 6),
    "a line": ("/line", 7),
    "a neuron": ("/neuron", 8),
    "a map": (f"/maps?{QUICK}", 2),
    "rates": (f"/maps?view=rates&{QUICK}", 2),
    "sensitivity": ("/maps?view=sensitivity&surface=elongated_bowl&steps=100", 1),
}
"""The links, and how many canvases each shows at the least."""

# How many pixels of each canvas are drawn on, shadow roots included; those that show nothing are left out.
_DRAWN = """() => {
    const drawn = [];
    const look = (root) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) look(element.shadowRoot);
            if (element.tagName !== 'CANVAS' || !element.width || !element.checkVisibility()) continue;
            const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
            let inked = 0;
            for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
            if (inked) drawn.push([element.className, inked]);
        }
    };
    look(document);
    return drawn;
}"""
# How many canvases of the document were lost, and restored; others that are kept may be dropped meanwhile.
_RECORD = """
window.lost = window.restored = 0;
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (...given) {
    if (!this.watched) {
        this.watched = true;
        this.addEventListener('contextlost', () => { window.lost += this.isConnected; });
        this.addEventListener('contextrestored', () => { window.restored += this.isConnected; });
    }
    return get.apply(this, given);
};
"""


@pytest.fixture
def own_browser(browser: Browser) -> Iterator[Browser]:
    """One of this test alone: it starts its GPU process again only so many times."""
    own = browser.browser_type.launch(executable_path=find_or_install(), args=list(FLAGS))
    yield own
    own.close()


def test_every_picture_comes_back_where_the_browser_has_lost_it(own_browser: Browser, app_url: str, tmp_path: Path):
    seen = run(facts=plane_facts(np.random.default_rng(1)), album=album(2))
    live = tmp_path / "live.html"
    live.write_text(live_html(live_payload([seen]), "Runs"), encoding="utf-8")
    links = {name: f"{app_url}{link}" for name, (link, _) in PAGES.items()} | {"live curves": live.as_uri()}
    contexts = Contexts(own_browser)
    opened = {name: open_in(contexts, "about:blank", reduced_motion="reduce") for name in links}
    before = {}
    for name, link in links.items():
        page = opened[name].page
        page.add_init_script(_RECORD)
        page.goto(link)
        if name != "live curves":
            settle(page)
        least = PAGES[name][1] if name in PAGES else 2
        eventually(drawn_on(page), lambda drawn, least=least: len(drawn) >= least)
        before[name] = at_rest(drawn_on(page))
    own_browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
    for name, one in opened.items():
        eventually(lambda page=one.page: page.evaluate("[lost, restored]"), lambda told: told[0] and told[0] == told[1])
        assert eventually(drawn_on(one.page), lambda drawn, name=name: drawn == before[name]), name
    assert not [complaint for one in opened.values() for complaint in one.close()]


def drawn_on(page: Page) -> Callable[[], Any]:
    return lambda: page.evaluate(_DRAWN)
