"""What quick hands do on a page: each act is drawn by chance, and says what it has done and what it has given."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import ElementHandle, Error, Page

from tests.browser.pages import act_within
from tests.fuzz.hand_page import Control, Sight, element, look

REACH_MS = 4000
"""A control that cannot be reached within this lies under something or is gone: a hand does something else."""
WIDTHS = ((390, 844), (844, 390), (844, 210), (768, 1024), (1280, 800), (1280, 800), (1600, 900))
TEXTS = (
    "",
    "x**2 + y**2",
    "sin(x) + y",
    "1,2,3",
    "8,8",
    "abc",
    "<b>bold</b>",
    "*a* _b_ `c` $d$",
    "../..",
    "é 🎓 ß",
    "a" * 150,
)
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "0.01", "7", "12", "1e3", "1e9", "-1e300", "", "e")
FILES: Mapping[str, bytes] = {
    "curves.csv": b"epoch,train_loss,val_loss\n1,0.9,0.95\n2,0.7,0.8\n3,0.5,0.85\n4,0.3,0.9\n5,0.2,1.0\n",
    "table.csv": "\n".join(["a,b,label", *(f"{n % 7},{n % 5},{'yes' if n % 3 else 'no'}" for n in range(60))]).encode(),
    "log.json": b'[{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 0.5}, {"epoch": 3, "loss": 0.25}]',
    "junk.csv": bytes(range(256)),
    "empty.csv": b"",
    "lesson.md": b"# Mine\n\nOne step.\n",
}
WEIGHTS: Mapping[str, float] = {
    "button": 6, "slider": 4, "menu": 3, "choice": 3, "number": 2, "text": 2, "switch": 2, "drawer": 2, "popover": 2,
    "tags": 1.5, "file": 1.5, "link": 1.5, "select": 1, "canvas": 1.5, "history": 1.2, "window": 1, "keys": 0.4,
}  # fmt: skip
"""How often hands go for a kind of control, where the page has one."""
AWAY = ("Save as", "Save this picture", "Fullscreen", "Download", "Show/hide", "Search", "View fullscreen")
"""Buttons for what leaves the page, or for a table alone."""


@dataclass(frozen=True)
class Act:
    """What was done. given: the control with the value that the hand has left in it; None where it holds none.

    changes: whether other controls may take new values by it. twice: whether it was done twice.
    """

    words: str
    given: tuple[tuple[str, str, str, int], str] | None = None
    changes: bool = True
    twice: bool = False
    done: bool = True


def act(page: Page, sight: Sight, draw: random.Random) -> Act:
    """One act on what is in sight."""
    kinds = _reachable(sight)
    kind = draw.choices(list(kinds), [WEIGHTS[each] for each in kinds])[0]
    if kind in _FREE:
        return _FREE[kind](page, draw)
    control = draw.choice(kinds[kind])
    seed = draw.random()
    try:
        found = element(page, control)
        if found is None:
            return Act(f"{control} is gone", done=False)
        return _BY_KIND[kind](page, control, found, random.Random(seed))
    except Error as error:
        if _harmless(error):
            return Act(f"cannot reach {control}: {_why(error)}", done=False)
        raise


def _why(error: Error) -> str:
    """The last of what a hand waited for."""
    lines = [line.strip(" -") for line in str(error).splitlines()]
    return next((line for line in reversed(lines) if "intercepts" in line or "not " in line), lines[0])[:200]


def _harmless(error: Error) -> bool:
    """Whether the element went, or lies under something, as a hand came to it."""
    told = str(error)
    return any(
        each in told
        for each in ("Timeout", "not attached", "detached", "destroyed", "not visible", "Cannot find context")
    )


def _reachable(sight: Sight) -> dict[str, list[Control]]:
    """What a hand can reach, by kind: in a dialog nothing else; an open popover hides nothing."""
    dialog = [each for each in sight.controls if each.at == "dialog" and each.usable]
    there = dialog or [each for each in sight.controls if each.usable and each.at != "header"]
    kinds: dict[str, list[Control]] = {"keys": [], "history": [], "window": []}
    for each in there:
        if each.kind in WEIGHTS and not each.tool and not each.label.startswith(AWAY):
            kinds.setdefault(each.kind, []).append(each)
    return kinds


def _after(page: Page, control: Control) -> str | None:
    """What the control holds right now; None where it is not there any more."""
    return look(page).values.get(control.name)


def _valued(page: Page, control: Control, words: str, *, changes: bool = False) -> Act:
    value = _after(page, control)
    if value == control.value and control.kind in ("menu", "choice", "select"):
        value = None  # what is chosen already is no choice: the page hears nothing of it
    return Act(f"{words}: {value!r}", None if value is None else (control.name, value), changes)


def _press(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    how = draw.choice(("once", "once", "twice", "double"))
    if how == "double":
        found.dblclick(timeout=REACH_MS)
    else:
        found.click(timeout=REACH_MS)
    if how == "twice":
        page.wait_for_timeout(draw.choice((30, 120, 400)))
        again = next((each for each in look(page).controls if each.name == control.name and each.usable), None)
        if again is not None and (second := element(page, again)) is not None:
            try:
                second.click(timeout=500)
            except Error as error:
                if not _harmless(error):
                    raise
    return Act(f"press {control} {how}", twice=how != "once")


def _once(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    found.click(timeout=REACH_MS)
    return Act(f"click {control}")


def _choice(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    found.click(timeout=REACH_MS)
    return _valued(page, control, f"choose {control}", changes=True)


def _switch(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    times = draw.choice((1, 1, 2, 3))
    for _ in range(times):
        found.click(timeout=REACH_MS, force=True)
    return _valued(page, control, f"turn {control} {times} times", changes=True)


def _slide(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    how = draw.choice(("keys", "keys", "drag", "there and back"))
    if how == "drag":
        found.scroll_into_view_if_needed(timeout=REACH_MS)
        box = found.bounding_box()
        if box is None or box["width"] < 1:
            return Act(f"cannot reach {control}", done=False)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for _ in range(draw.randint(1, 3)):
            page.mouse.move(x + draw.uniform(-160, 160), y, steps=draw.randint(1, 5))
        page.mouse.up()
        return _valued(page, control, f"drag {control}")
    found.focus()
    keys = ["ArrowRight", "ArrowLeft"] if how == "there and back" else [
        draw.choice(("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End")) for _ in range(draw.randint(1, 4))
    ]  # fmt: skip
    for key in keys:
        page.keyboard.press(key)
    return _valued(page, control, f"slide {control} by {', '.join(keys)}")


def _menu(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    found.click(timeout=REACH_MS)
    if draw.random() < 0.15:
        page.keyboard.type(draw.choice(("a", "re", "zz", "1")))
    options = page.get_by_role("option")
    try:
        options.first.wait_for(timeout=1500)
    except Error as error:
        if not _harmless(error):
            raise
        page.keyboard.press("Escape")
        return Act(f"open {control}, which offers nothing")
    number = draw.randrange(min(options.count(), 12))
    words = options.nth(number).inner_text(timeout=REACH_MS)
    options.nth(number).click(timeout=REACH_MS)
    if control.kind == "tags":
        page.keyboard.press("Escape")
    return _valued(page, control, f"choose {words!r} of {control}", changes=True)


def _native(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    options = found.evaluate("menu => [...menu.options].filter((each) => !each.disabled).map((each) => each.value)")
    if not options:
        return Act(f"{control} offers nothing", done=False)
    found.select_option(draw.choice(options), timeout=REACH_MS)
    return _valued(page, control, f"choose of {control}", changes=True)


def _write(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    text = draw.choice(NUMBERS if control.kind == "number" else TEXTS)
    found.focus()
    page.keyboard.press("Control+a")
    if text:
        page.keyboard.type(text)
    else:
        page.keyboard.press("Delete")
    key = draw.choice(("Enter", "Tab", "Control+Enter"))
    page.keyboard.press(key)
    return _valued(page, control, f"write {text[:30]!r} into {control}, {key}", changes=True)


def _file(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    names = draw.sample(sorted(FILES), 2 if draw.random() < 0.2 and found.get_attribute("multiple") is not None else 1)
    given = [{"name": name, "mimeType": "text/plain", "buffer": FILES[name]} for name in names]
    times = draw.choice((1, 1, 2))
    for _ in range(times):
        found.set_input_files(given, timeout=REACH_MS)  # pyright: ignore[reportArgumentType]
    return Act(f"give {', '.join(names)} to {control} {times} times", twice=times > 1)


def _on_canvas(page: Page, control: Control, found: ElementHandle, draw: random.Random) -> Act:
    found.scroll_into_view_if_needed(timeout=REACH_MS)
    box = found.bounding_box()
    if box is None:
        return Act(f"cannot reach {control}", done=False)
    return Act(f"{act_within(page, box, draw, ('click', 'drag', 'double'))} on {control}")


def _history(page: Page, draw: random.Random) -> Act:
    where = draw.choice(("back", "forward", "reload"))
    try:
        {"back": page.go_back, "forward": page.go_forward, "reload": page.reload}[where](wait_until="commit")
    except Error as error:
        if not _harmless(error):
            raise
    if page.url == "about:blank":  # before the first page there is nothing
        page.go_forward(wait_until="commit")
    return Act(f"go {where}")


def _window(page: Page, draw: random.Random) -> Act:
    if draw.random() < 0.3:
        scheme = draw.choice(("light", "dark"))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return Act(f"the evening comes: {scheme}", changes=False)
    width, height = draw.choice(WIDTHS)
    page.set_viewport_size({"width": width, "height": height})
    return Act(f"window of {width} x {height}", changes=False)


def _keys(page: Page, draw: random.Random) -> Act:
    key = draw.choice(("Escape", "Escape", "Tab", "Shift+ArrowRight", "Shift+ArrowLeft"))
    page.keyboard.press(key)
    return Act(f"press the key {key}")


_FREE: Mapping[str, Callable[[Page, random.Random], Act]] = {"history": _history, "window": _window, "keys": _keys}
_BY_KIND: Mapping[str, Callable[[Page, Control, ElementHandle, random.Random], Act]] = {
    "button": _press,
    "slider": _slide,
    "menu": _menu,
    "tags": _menu,
    "choice": _choice,
    "switch": _switch,
    "number": _write,
    "text": _write,
    "select": _native,
    "drawer": _once,
    "popover": _once,
    "link": _once,
    "file": _file,
    "canvas": _on_canvas,
}
