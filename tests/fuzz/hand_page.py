"""What a walk of hands sees of a page: its controls with their values, its words, and whether it stands still."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import ElementHandle, Error, Page

QUIET_SECONDS = 90.0
"""Far more than any page needs on a machine with more to do; a page that still moves then is told of."""
_POLL = 0.12
_AT_REST = 3  # readings in a row
VALUED = frozenset({"slider", "menu", "tags", "choice", "switch", "number", "text", "select"})
"""Kinds of controls that hold a value; buttons, drawers, links and places for files hold none."""

_READ = r"""() => {
    const words = (element) => {
        const inner = element.querySelector('[data-testid=stMarkdownContainer]');
        return (inner || element).innerText || (inner || element).textContent || '';
    };
    const clean = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 120);
    const tests = {
        slider: 'input[type=range], [role=slider]',
        menu: '[data-testid=stSelectbox] input[role=combobox]',
        tags: '[data-testid=stMultiSelect] input[role=combobox]',
        choice: '[role=radio], input[type=radio]',
        switch: 'input[type=checkbox]',
        number: 'input[type=number]',
        file: 'input[type=file]',
        text: 'textarea, input[type=text]',
        select: 'select',
        drawer: 'summary',
        popover: '[data-testid=stPopoverButton]',
        link: 'a[href]',
        button: 'button',
        canvas: '.dl-overlay, .dl-chart-canvas, .dl-live-over',
    };
    const kinds = Object.entries(tests);
    const all = Object.values(tests).join(',');
    const seen = [], elements = [], texts = [];
    const outer = (element) => element.parentElement || (element.getRootNode().host ?? null);
    const within = (element, selector) => {
        for (let each = element; each; each = outer(each)) if (each.matches(selector)) return true;
        return false;
    };
    const place = (element) => {
        if (within(element, 'dialog[open], [role=dialog]:not([data-testid=stPopoverBody])')) return 'dialog';
        if (within(element, '[data-testid=stPopoverBody], [role=menu], [role=listbox]')) return 'popover';
        if (within(element, '[data-testid=stHeader]')) return 'header';
        if (within(element, '[data-testid=stSidebar]')) return 'sidebar';
        if (within(element, '[data-testid=stMain]')) return 'main';
        return 'beside';
    };
    const value = (element, kind) => {
        if (kind === 'slider') return element.getAttribute('aria-valuetext') || element.value
            || element.getAttribute('aria-valuenow') || '';
        if (kind === 'switch') return String(element.checked);
        if (kind === 'choice') return String(element.checked ?? element.getAttribute('aria-checked'));
        if (kind === 'tags') return [...element.closest('[data-testid=stMultiSelect]')
            .querySelectorAll('[data-testid=stMultiSelectTagsContainer] button')]
            .map((each) => each.getAttribute('aria-label') || '').join('; ');
        return element.value ?? '';
    };
    const numbers = {};
    const visit = (root) => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) visit(element.shadowRoot);
            if (!element.matches(all)) continue;
            const kind = kinds.find(([, test]) => element.matches(test))[0];
            const box = element.getBoundingClientRect();
            const drawn = kind === 'file' || (box.width > 0 && box.height > 0
                && element.checkVisibility({ visibilityProperty: true }) && !within(element, '[inert]'));
            if (['button', 'link', 'popover', 'canvas'].includes(kind) && !drawn) continue;
            if (kind === 'link' && (element.origin !== location.origin || element.target === '_blank'
                || element.hasAttribute('download') || element.hash)) continue;
            const label = clean(element.getAttribute('aria-label') || words(element)
                || element.closest('label')?.innerText || '');
            const at = place(element), name = `${at} ${kind} ${label}`;
            const closed = within(element, 'details:not([open]) > :not(summary)')
                || within(element, '[data-testid=stSidebar][data-collapsed=true]');
            numbers[name] = (numbers[name] || 0) + 1;
            elements.push(element);
            seen.push({
                kind, label, at, number: numbers[name], value: value(element, kind),
                component: element.getRootNode() !== document,
                usable: drawn && !closed && !element.disabled && element.getAttribute('aria-disabled') !== 'true',
                tool: within(element, '[data-testid=stElementToolbar], button[aria-label^="Help for"]'),
                refused: kind === 'number' && !element.checkValidity(),
                file: within(element, '[data-testid=stDownloadButton]'),
            });
        }
    };
    if (document.body) visit(document.body); // not yet, where another document has only begun
    const headline = 'h1, h2, h3, li, [data-testid=stMetric], [data-testid=stMarkdown] p';
    for (const element of document.querySelectorAll(headline)) {
        if (!element.checkVisibility() || place(element) !== 'main') continue;
        if (element.matches('p') && element.closest('li, label, button, a, [data-testid=stAlert]')) continue;
        if (element.closest('details')) continue; // opened by a hand, and of no link
        texts.push(clean(element.innerText));
    }
    window.handsElements = elements;
    const app = document.querySelector('[data-testid=stApp]');
    const shown = (selector) => [...document.querySelectorAll(selector)]
        .filter((each) => each.checkVisibility()).map((each) => clean(each.innerText));
    return {
        controls: seen, texts, path: location.pathname, query: location.search,
        running: !app || app.dataset.testConnectionState !== 'CONNECTED' || app.dataset.testScriptState !== 'notRunning'
            || !document.querySelector('[data-testid=stMain] [data-testid=stElementContainer]')
            || !!document.querySelector('[data-stale=true]'),
        alerts: shown('[data-testid=stAlert]'), exceptions: shown('[data-testid=stException], .dl-failure'),
        work: shown('[data-testid=stSpinner]'),
        wide: [document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
            .some((part) => part.scrollWidth > Math.min(part.clientWidth, innerWidth)),
    };
}"""


@dataclass(frozen=True)
class Control:
    """A control as it was read; ``index`` is that of its element in the page until it is read again."""

    index: int
    kind: str
    label: str
    at: str
    number: int
    value: str
    component: bool
    usable: bool
    tool: bool
    refused: bool
    file: bool

    @property
    def name(self) -> tuple[str, str, str, int]:
        """What stays the same when the page is drawn anew."""
        return self.at, self.kind, self.label, self.number

    def __str__(self) -> str:
        number = f" ({self.number})" if self.number > 1 else ""
        return f"{self.kind} {self.label!r}{number} in {self.at}"


@dataclass(frozen=True)
class Sight:
    """A page at one moment."""

    controls: tuple[Control, ...]
    texts: tuple[str, ...]
    path: str
    query: str
    running: bool
    alerts: tuple[str, ...]
    exceptions: tuple[str, ...]
    work: tuple[str, ...]
    wide: bool

    @property
    def values(self) -> dict[tuple[str, str, str, int], str]:
        """What each control holds, by its name."""
        return {each.name: each.value for each in self.controls if each.kind in VALUED}

    def has_button(self, beginning: str) -> bool:
        return any(each.kind == "button" and each.label.startswith(beginning) for each in self.controls if each.usable)


def look(page: Page) -> Sight:
    """The page as it is now."""
    while True:
        try:
            read: dict[str, Any] = page.evaluate(_READ)
        except Error as error:
            if "Execution context was destroyed" in str(error) or "Cannot find context" in str(error):
                time.sleep(_POLL)  # it is on its way to another document
                continue
            raise
        controls = tuple(Control(index=index, **each) for index, each in enumerate(read.pop("controls")))
        given: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in read.items()}
        return Sight(controls=controls, **given)


def element(page: Page, control: Control) -> ElementHandle | None:
    """Of a control that was read last; None where the page has another document by now."""
    return page.evaluate_handle("index => (window.handsElements || [])[index]", control.index).as_element()


def quiet(page: Page, seconds: float = QUIET_SECONDS) -> Sight:
    """The page once it stands still; where it does not, as with a training at work, as it is after a while.

    Raises:
        AssertionError: it has not answered in all that time.
    """
    begin, row, before = time.monotonic(), 0, None
    while True:
        sight = look(page)
        shown = None if sight.running else (sight.values, sight.texts, sight.query)
        row = row + 1 if shown is not None and shown == before else 0
        before = shown
        passed = time.monotonic() - begin
        if row >= _AT_REST or (shown is not None and passed > 8):
            return sight
        assert passed < seconds, f"the page has not come to rest within {seconds:.0f} s"
        time.sleep(_POLL)


def differences(one: Sight, other: Sight, apart: Collection[str], *, components: bool) -> list[str]:
    """In what two sights of the same link differ: values of controls that both have, and words.

    apart: beginnings of labels of what no link holds. components: whether those of components count as well.
    """
    mine, theirs = one.values, other.values
    skip = {each.name for each in one.controls if each.component and not components}
    skip |= {each.name for each in one.controls if each.refused}
    if one.alerts:  # what was refused stays where it was written, and comes into no link
        skip |= {each.name for each in one.controls if each.kind in ("text", "number")}
    told = [
        f"{name[1]} {name[2]!r} shows {mine[name]!r}, by its link {theirs[name]!r}"
        for name in mine
        if name in theirs
        and mine[name] != theirs[name]
        and name not in skip
        and name[0] in ("main", "sidebar")
        and not name[2].startswith(tuple(apart))
    ]
    words, again = Counter(one.texts), Counter(other.texts)
    told += [f"says {text!r}, by its link it does not" for text in words - again]
    told += [f"does not say {text!r}, by its link it does" for text in again - words]
    return told
