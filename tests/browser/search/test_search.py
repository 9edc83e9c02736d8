"""The page of searches as a person uses it: press, see both ways, train at the rate; link, junk, phone, theme."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.pages import TRAINING_MS, OpenPage, eventually, fits, query, settle

SMALL = "data.size=200&optimizer.name=sgd"


def test_a_rate_is_found_and_trained_with(open_page: OpenPage) -> None:
    page = open_page(f"/training?{SMALL}&optimizer.lr=0.2")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Find a rate").click()
    page.wait_for_url(re.compile("/search"))
    settle(page)
    assert query(page)["data.size"] == "200"
    page.get_by_role("button", name="Begin the search").click()
    ways = page.get_by_role("button", name=re.compile("^Train at"))
    expect(ways).to_have_count(2, timeout=TRAINING_MS)
    expect(page.get_by_text("There the loss falls fastest.")).to_be_visible()
    expect(page.get_by_text(re.compile("It held after"))).to_be_visible()
    rate = ways.first.inner_text().split("Train at")[1].strip()
    page.reload()  # what was found is there at once, for everybody
    expect(ways).to_have_count(2)
    expect(page.get_by_role("button", name="Begin the search")).to_have_count(0)
    ways.first.click()
    page.wait_for_url(re.compile("/training"))
    settle(page)
    run = query(page)["run"]
    expect(page.get_by_test_id("stSidebar")).to_contain_text(rate)
    expect(page.get_by_text("Press Train to see this set-up learn.")).to_have_count(0)  # it learns already
    page.go_back()  # to what was searched, as it was left
    page.wait_for_url(re.compile("/search"))
    settle(page)
    expect(ways).to_have_count(2)
    assert (query(page)["data.size"], query(page)["optimizer.name"]) == ("200", "sgd")
    expect(page.get_by_text("is not a parameter")).to_have_count(0)
    page.go_forward()
    page.wait_for_url(re.compile(f"/training.*run={run}"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_it_fits_and_a_bare_page_begins_by_itself(
    open_page: OpenPage, theme: Literal["light", "dark"]
) -> None:
    page = open_page("/search", phone=True, color_scheme=theme)
    expect(page.get_by_role("button", name=re.compile("^Train at"))).to_have_count(2, timeout=TRAINING_MS)
    fits(page)


def test_junk_in_the_link_is_told_and_a_range_can_be_set_by_keys(open_page: OpenPage) -> None:
    page = open_page(f"/search?{SMALL}&lowest=5&highest=1&optimizer.beta1=<b>")
    expect(page.get_by_role("alert").filter(has_text="allowed is a lower and a higher rate")).to_be_visible()
    eventually(lambda: query(page), lambda link: "highest" not in link)  # the junk is out of the address
    settle(page)
    page.get_by_role("slider", name="Highest rate").press("ArrowLeft")
    highest = eventually(lambda: query(page).get("highest"), bool)
    assert 1 < float(highest or 0) < 10
