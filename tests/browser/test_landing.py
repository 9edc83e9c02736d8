"""The landing page as it is drawn: what is on the screen keeps its place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import OpenPage, settle

# Everything that has moved without a hand since the page was opened; of a page where nothing has, nothing is told.
SHIFTS = """() => new Promise((done) => {
    const found = [];
    const told = ({ value, sources }) => [value, sources.map(({ node, previousRect, currentRect }) =>
        [node?.getAttribute?.("data-testid"), node?.className, previousRect.y, previousRect.height, currentRect.y])];
    new PerformanceObserver((list) => found.push(...list.getEntries().map(told)))
        .observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(found))));
})"""


@pytest.mark.parametrize("phone", [False, True])
def test_nothing_jumps_while_the_page_is_drawn(open_page: OpenPage, phone: bool) -> None:
    page = open_page("/", phone=phone)
    expect(page.locator(".st-key-hero .dl-chip .dl-value").first).not_to_be_empty()
    expect(page.locator(".st-key-cards-races img").last).to_be_attached()
    settle(page)
    shifts = page.evaluate(SHIFTS)
    assert sum(value for value, _ in shifts) < 0.25, shifts  # more is called poor


@pytest.mark.parametrize("path", ["/", "/activations"])
def test_rules_of_style_are_in_the_head_of_every_page(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    told = page.evaluate("[...document.head.querySelectorAll('style')].map(({ textContent }) => textContent)")
    assert any("stMainBlockContainer" in text and "st-key-first" in text for text in told)
