"""Along with the class, as people do it: a lecturer and two students, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.app_server import ROOT, free_port, serve
from tests.browser.pages import OpenPage, eventually, fits, land, open_in, query, settle


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("class")


def press(page: Page, name: str) -> None:
    land(page.get_by_role("button", name=name, exact=True))


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Class", exact=True)


def opened_room(page: Page) -> str:
    """Open a room; its link, without the address of the server."""
    press(page, "Along with the class")
    expect(page.get_by_role("dialog")).to_contain_text("students join by a code")
    expect(page.get_by_role("dialog")).not_to_contain_text("null")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/class/open") else None)
    page.get_by_role("button", name="Open a room").dblclick()
    link = page.locator(".cl-link").inner_text()
    code = page.locator(".cl-code").inner_text()
    assert link.endswith(f"/join?room={code}")
    assert len(asked) == 1  # room, however often a hand presses
    expect(page.locator(".cl-qr")).to_be_visible()
    press(page, "Close")
    expect(strip(page)).to_contain_text("following")
    expect(page.get_by_role("tooltip")).to_have_count(0)  # the focus that comes back opens none
    return f"/join?room={code}"


def is_at(page: Page, path: str, **parameters: str) -> None:
    def there() -> tuple[str, dict[str, str]]:
        return page.evaluate("location.pathname"), query(page)

    eventually(there, lambda now: now[0].endswith(path) and now[1] == parameters)


@pytest.fixture
def lecture(open_page: OpenPage, url: str) -> Callable[[str], tuple[Page, Page]]:
    """A lecturer at a link of the lab with a student who follows."""

    def begun(link: str) -> tuple[Page, Page]:
        lecturer = open_page(f"{url}{link}")
        settle(lecturer)
        student = open_page(f"{url}{opened_room(lecturer)}", phone=True)
        expect(strip(student)).to_contain_text("Following")
        return lecturer, student

    return begun


def test_students_follow_try_alone_and_come_back(
    lecture: Callable[[str], tuple[Page, Page]], open_page: OpenPage, url: str
):
    lecturer, anna = lecture("/losses?part=outlier")
    is_at(anna, "/losses", part="outlier")
    bert = open_page(f"{url}/join")
    code = strip(lecturer).get_by_role("button").first.inner_text()
    bert.get_by_role("textbox", name="Code of the room").fill(f" {code.lower()} ")
    press(bert, "Join")
    is_at(bert, "/losses", part="outlier")
    expect(strip(lecturer)).to_contain_text("2 following")

    press(anna, "Try it myself")
    expect(strip(anna)).to_contain_text("On your own")
    expect(strip(lecturer)).to_contain_text("1 following, 1 on their own")
    lecturer.goto(f"{url}/line?surface=wells")  # loaded anew, the room is still his
    expect(strip(lecturer)).to_contain_text("following")
    is_at(bert, "/line", **query(lecturer))
    expect(strip(anna)).to_contain_text("The lecture has moved on")
    is_at(anna, "/losses", part="outlier")
    fits(anna)

    press(anna, "Back to the lecture")
    is_at(anna, "/line", **query(lecturer))
    press(anna, "To your own view")
    is_at(anna, "/losses", part="outlier")
    expect(strip(anna)).to_contain_text("On your own")

    press(anna, "Offer this view")
    press(lecturer, "Offers (1)")
    press(lecturer, "Show to all")
    is_at(bert, "/losses", part="outlier")
    expect(strip(bert)).to_contain_text("a student's view")
    is_at(lecturer, "/losses", part="outlier")
    expect(strip(anna)).to_contain_text("The lecturer shows this view of yours to all.")
    expect(strip(anna)).not_to_contain_text("moved on")
    press(lecturer, "Back to my view")
    expect(strip(anna)).to_contain_text("moved on")
    expect(strip(anna)).not_to_contain_text("shows this view of yours")
    eventually(lambda: bert.evaluate("location.pathname"), lambda now: now == "/line")
    expect(strip(bert)).not_to_contain_text("a student's view")

    press(lecturer, "Close the room")
    lecturer.get_by_role("dialog").get_by_role("button", name="Close the room").dblclick()
    expect(bert.get_by_text("The lecturer has closed the room")).to_be_visible()
    expect(anna.get_by_text("The lecturer has closed the room")).to_be_visible()
    bert.reload()
    settle(bert)
    expect(strip(bert)).to_have_count(0)


def test_a_hand_on_a_control_ends_following_and_nothing_is_lost(lecture: Callable[[str], tuple[Page, Page]], url: str):
    lecturer, student = lecture("/losses")
    code = strip(lecturer).get_by_role("button").first.inner_text()
    is_at(student, "/losses")
    student.set_viewport_size({"width": 1280, "height": 800})
    land(student.get_by_role("radio", name="An outlier"))
    expect(strip(student)).to_contain_text("this is your own view now")
    is_at(student, "/losses", part="outlier")
    expect(strip(lecturer)).to_contain_text("0 following, 1 on their own")
    lecturer.goto(f"{url}/losses?part=distributions")
    expect(strip(student)).to_contain_text("The lecture has moved on")
    is_at(student, "/losses", part="outlier")
    press(student, "Back to the lecture")
    is_at(student, "/losses", part="distributions")
    expect(strip(student)).to_contain_text("Following")
    student.go_back()  # no hand on the page, and yet what he sees is no longer the lecture
    expect(strip(student)).to_contain_text("You have gone back or on in your browser: this is your own view now.")
    is_at(student, "/join", room=code)  # one entry a page; nobody is joined anew by going back, or could not leave
    expect(student.get_by_text("takes you to what the lecturer shows")).to_be_visible()
    expect(strip(lecturer)).to_contain_text("0 following, 1 on their own")
    press(student, "Join")
    is_at(student, "/losses", part="distributions")
    expect(strip(student)).to_contain_text("Following")
    expect(strip(lecturer).get_by_role("status")).to_have_text("1 following")  # the same one, not another


def test_a_vote_is_answered_and_shown_without_names(lecture: Callable[[str], tuple[Page, Page]]):
    lecturer, student = lecture("/losses")
    press(lecturer, "Vote")
    lecturer.get_by_role("textbox", name="Question").fill("Which **loss** forgives <b>an outlier</b>?")
    lecturer.get_by_role("textbox", name="Choices").fill("MSE")
    press(lecturer, "Open the vote")
    expect(strip(lecturer)).to_contain_text("a vote has 2 to 6")
    lecturer.get_by_role("textbox", name="Choices").fill("MSE\nMAE\n<i>Huber</i>")
    press(lecturer, "Open the vote")
    expect(student.get_by_role("heading", name="Which **loss** forgives <b>an outlier</b>?")).to_be_visible()
    press(student, "<i>Huber</i>")
    expect(student.get_by_text("You said <i>Huber</i>")).to_be_visible()
    press(student, "MAE")
    expect(student.get_by_text("You said MAE")).to_be_visible()
    student.reload()
    settle(student)
    expect(student.get_by_text("You said MAE")).to_be_visible()
    expect(lecturer.get_by_text("1 answer so far")).to_be_visible()
    expect(student.get_by_role("list", name="How the class has answered")).to_have_count(0)
    press(lecturer, "Show the answers")
    for page in (lecturer, student):
        bars = page.get_by_role("list", name="How the class has answered").get_by_role("listitem")
        expect(bars).to_have_count(3)
        expect(bars.nth(1)).to_contain_text("1 · 100 %")
    fits(student)
    press(student, "Fold the vote")
    expect(student.get_by_role("list", name="How the class has answered")).to_have_count(0)
    press(lecturer, "Done with it")
    expect(lecturer.get_by_role("textbox", name="Question")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "says"),
    [("KDMPT", "There is no room KDMPT"), ("<b>AEIOU</b>", "is no code of a room"), ("", "Type the code")],
)
def test_a_wrong_code_is_named(open_page: OpenPage, url: str, code: str, says: str):
    page = open_page(f"{url}/join?room={code}")
    expect(page.get_by_text(says).first).to_be_visible()
    expect(strip(page)).to_have_count(0)


def test_a_class_goes_on_when_the_server_starts_anew(browser: Browser, tmp_path: Path):
    port, folder = free_port(), tmp_path / "data"
    with serve(ROOT / "server.py", tmp_path / "one.log", folder, port=port, kill=True) as url:
        pages = [open_in(browser, f"{url}/losses")]
        settle(pages[0].page)
        pages.append(open_in(browser, url + opened_room(pages[0].page)))
        lecturer, student = (opened.page for opened in pages)
        is_at(student, "/losses")
    try:
        expect(strip(student)).to_contain_text("Connection lost")
        with serve(ROOT / "server.py", tmp_path / "two.log", folder, port=port) as url:
            expect(strip(student)).to_contain_text("Following")
            expect(strip(lecturer)).to_contain_text("1 following")
            lecturer.goto(f"{url}/losses?part=outlier")
            is_at(student, "/losses", part="outlier")
    finally:
        for opened in pages:
            opened.context.close()


def test_the_question_of_a_step_is_put_to_the_class(lecture: Callable[[str], tuple[Page, Page]]):
    lecturer, student = lecture("/lesson?lesson=momentum&step=2")
    for page in (lecturer, student):  # the class is at the same step, and is asked the same
        expect(page.get_by_text("Predict first")).to_be_visible()
    press(lecturer, "Vote")
    expect(lecturer.get_by_role("heading", name="The question of this step, as a vote")).to_be_visible()
    expect(lecturer.get_by_role("textbox", name="Choices")).to_have_value("SGD\nMomentum")
    press(lecturer, "Open the vote")
    press(student, "Momentum")
    press(lecturer, "Show the answers")
    bars = lecturer.get_by_role("list", name="How the class has answered").get_by_role("listitem")
    expect(bars.nth(1)).to_contain_text("1 · 100 %")
