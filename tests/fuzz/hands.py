"""A random walk of quick hands through the real app, in a browser: what must always hold holds after every act.

    python -m tests.fuzz.hands 20 --seed 1 --seconds 1800
    python -m tests.fuzz.hands 1 --seed 1 --first 7               # the seventh walk again, from its beginning

Each walk has an app with a fresh data folder, which a second visitor uses at the same time, and a third opens the links
of. A walk that fails leaves its acts and a picture in build/failures.
"""

from __future__ import annotations

import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import Opened, open_in
from tests.fuzz.campaign import campaign
from tests.fuzz.hand_acts import Act, act
from tests.fuzz.hand_page import Sight, differences, look, quiet
from trainers.store import ACTIVE

PATHS = (
    "/",
    "/lesson",
    "/lesson?lesson=downhill",
    "/descent",
    "/descent?surface=saddle&lesson=downhill.1",
    "/line",
    "/maps",
    "/fair?steps=20&trials=5",
    "/neuron",
    "/neuron?part=convexity",
    "/neuron?part=penalties",
    "/activations",
    "/losses",
    "/losses?part=distributions",
    "/derivatives",
    "/derivatives?view=graph",
    "/initialization",
    "/normalization",
    "/training?data.size=200&budget.epochs=30",
    "/search?data.size=200",
    "/search?part=vary&data.size=200",
    "/runs",
    "/runs?view=import",
    "/runs?view=compare",
    "/surface?points=17",
    "/surface?part=saddles&source=matrices",
    "/generalization",
    "/generalization?part=dropout",
    "/generalization?part=augmentation&seed=5",
    "/reuse?seeds=2",
    "/reuse?part=tasks&seeds=2",
)
SECOND = ("/runs", "/training?data.size=200&budget.epochs=30", "/search?data.size=200", "/surface?points=17")
"""Where the second visitor begins: what one visitor starts, another may stop or delete."""
ACTS = 24
FAILURES = ROOT / "build" / "failures"
NOT_IN_A_LINK = (
    "Select ",  # marks of runs: what somebody is about to do with them is nobody else's affair
    "Name",  # of what is about to be kept
    "Code of the room",
    "Epoch of the picture",  # of a training: where the cursor over its curves is
)
NOT_ITS_WORDS = ("Somebody else", "On every page the button")
"""What is said to some alone: to others than who has begun something, and to who has no lesson of his own."""
WITHOUT_LINK = re.compile(r"/runs\b.*view=import")
"""Where what is shown comes out of a file, which no link holds."""
ENDS_WITHIN = 25.0  # seconds in which a page tells of work that has ended


class Defect(AssertionError):
    """Something that must always hold does not."""


@dataclass
class Visitor:
    """One with a browser of his own."""

    name: str
    opened: Opened

    @property
    def page(self) -> Page:
        return self.opened.page


@dataclass
class Walk:
    """One walk over an app: ``path`` is where it begins, ``draw`` decides all that is left to chance."""

    url: str
    browser: Browser
    data: Path
    log: Path
    path: str
    draw: random.Random
    told: list[str] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    _read: int = 0

    def go(self, acts: int) -> None:
        """So many acts.

        Raises:
            Defect: something does not hold that must always hold.
        """
        self._read = self.log.stat().st_size
        self._open("first", self.path)
        if self.draw.random() < 0.4:
            self._open("second", self.draw.choice(SECOND))
        for _ in range(acts):
            self._some_acts()

    def close(self) -> None:
        for visitor in self.visitors:
            visitor.opened.close()

    def pictures(self, name: str) -> list[str]:
        """A picture of each page, as far as there is one."""
        FAILURES.mkdir(parents=True, exist_ok=True)
        made = []
        for visitor in self.visitors:
            at = FAILURES / f"{name}-{visitor.name}.png"
            try:
                visitor.page.screenshot(path=at, timeout=10_000)
            except Error:
                continue
            made.append(str(at))
        return made

    # ---- acts --------------------------------------------------------------------------------------------------

    def _open(self, name: str, path: str) -> Visitor:
        def opening(opened: Opened) -> None:
            self.visitors.append(Visitor(name, opened))

        self.told.append(f"{name} opens {path}")
        open_in(self.browser, self.url + path, on_new=opening, reduced_motion="reduce")
        visitor = self.visitors[-1]
        self._check(visitor, quiet(visitor.page))
        return visitor

    def _some_acts(self) -> None:
        """One act or some in a row without a look at what comes of them, by one visitor or two; then all is checked."""
        before = self._begun()
        done: list[tuple[Visitor, Act]] = []
        for _ in range(self.draw.choice((1, 1, 1, 2, 3))):
            visitor = self.draw.choice(self.visitors)
            sight = look(visitor.page) if done else quiet(visitor.page)
            did = act(visitor.page, sight, self.draw)
            self.told.append(f"{visitor.name}: {did.words}")
            if did.done:
                done.append((visitor, did))
        for visitor in {id(each): each for each, _ in done}.values():
            sight = quiet(visitor.page)
            self._check(visitor, sight)
            self._check_given(sight, [did for each, did in done if each is visitor])
        if any(did.twice for _, did in done):
            self._check_begun_once(before)
        if self.draw.random() < 0.3:
            self._check_link(self.draw.choice(self.visitors))
        if self.draw.random() < 0.1:
            self._check_ends(self.draw.choice(self.visitors))

    # ---- what must hold ----------------------------------------------------------------------------------------

    def _check(self, visitor: Visitor, sight: Sight) -> None:
        log = self.log.read_bytes()[self._read :].decode(errors="replace")
        self._read += len(log.encode())
        if "Traceback" in log:
            raise Defect(f"the server's log has {log[log.index('Traceback') :][-1500:]}")
        if sight.exceptions:
            raise Defect(f"{visitor.name} is shown an exception: {sight.exceptions[0]}")
        if visitor.opened.complaints:
            raise Defect(f"{visitor.name}: {visitor.opened.complaints[0]}")
        if sight.wide:
            time.sleep(1)  # a picture takes its new size a moment after its window
            if look(visitor.page).wide:
                raise Defect(f"{sight.path} is wider than the screen of {visitor.page.viewport_size}")

    def _check_given(self, sight: Sight, done: list[Act]) -> None:
        """A control that is still there holds what a hand gave it, or the page says why not."""
        for number, did in enumerate(done):
            later = done[number + 1 :]
            if did.given is None or sight.alerts or any(each.changes for each in later):
                continue
            name, value = did.given
            if any(each.given is not None and each.given[0] == name for each in later):
                continue
            if later and name[2] == "Preset":  # with another setting it is none any more
                continue
            if (now := sight.values.get(name, value)) != value:
                raise Defect(f"{name[1]} {name[2]!r} was given {value!r} and shows {now!r}")

    def _check_link(self, visitor: Visitor) -> None:
        """Somebody who opens the link of a page sees what is on it, apart from what goes on in both."""
        sight = quiet(visitor.page)
        if any(each.at == "dialog" for each in sight.controls) or WITHOUT_LINK.search(sight.path + sight.query):
            return
        opened: list[Opened] = []
        size = visitor.page.viewport_size or {"width": 1280, "height": 800}
        self.told.append(f"the link of {visitor.name} is opened: {sight.path}{sight.query}")
        try:
            url = visitor.page.evaluate("location.href")
            open_in(
                self.browser, url, on_new=opened.append, size=(size["width"], size["height"]), reduced_motion="reduce"
            )
            other = quiet(opened[0].page)
            told = self._apart(sight, other)
            if told:  # what has only come later to one of both
                time.sleep(3)
                again, other = quiet(visitor.page), quiet(opened[0].page)
                told = sorted({*told} & {*self._apart(again, other)})
            if told:
                self.pictures("link")
                raise Defect(f"{sight.path}{sight.query}: {'; '.join(told[:4])}")
            if problems := [each for each in other.alerts if "is not a parameter" in each]:
                raise Defect(f"{sight.path}{sight.query} is refused: {problems[0]}")
        finally:
            for each in opened:
                each.close()

    def _apart(self, sight: Sight, other: Sight) -> list[str]:
        plays = sight.has_button("Pause") or other.has_button("Pause")
        told = differences(sight, other, NOT_IN_A_LINK, components=not plays)
        return [each for each in told if not any(words in each for words in NOT_ITS_WORDS)]

    def _check_ends(self, visitor: Visitor) -> None:
        """Where no work is left in the store, no page says that some goes on."""
        if self._at_work():
            return
        until = time.monotonic() + ENDS_WITHIN
        while True:
            sight = look(visitor.page)
            going = [each.label for each in sight.controls if each.kind == "button" and each.label.startswith("Stop")]
            if not going + list(sight.work) or self._at_work():
                return
            if time.monotonic() > until:
                raise Defect(f"nothing is at work, and {sight.path} says {(going + list(sight.work))[0]!r}")
            time.sleep(0.5)

    def _check_begun_once(self, before: Counter[str]) -> None:
        """No two runs of one configuration by one press, which a hand has done twice."""
        more = self._begun() - before
        if twice := [key for key, count in more.items() if count > 1]:
            raise Defect(f"{more[twice[0]]} runs of one configuration were begun by one intention")

    def _begun(self) -> Counter[str]:
        """How often each configuration was begun, without those of searches."""
        rows = self._ask(
            "SELECT config_hash, runs.name FROM runs LEFT JOIN experiments ON experiments.id = runs.experiment "
            "WHERE experiments.kind IS NULL OR experiments.kind != 'search'"
        )
        return Counter(f"{config} {name}" for config, name in rows)

    def _at_work(self) -> bool:
        words = ", ".join(f"'{each}'" for each in ACTIVE)
        return any(self._ask(f"SELECT 1 FROM {table} WHERE status IN ({words}) LIMIT 1") for table in ("runs", "jobs"))

    def _ask(self, question: str) -> list[tuple[Any, ...]]:
        at = self.data / "runs.sqlite3"
        if not at.exists():
            return []
        with closing(sqlite3.connect(f"file:{at}?mode=ro", uri=True, timeout=30)) as store:
            return store.execute(question).fetchall()


def walk_input(seed: int, number: int) -> list[Any]:
    """Walk ``number`` of a seed: [where it begins, what decides, how many acts]."""
    return [random.Random(f"{seed}/{number}").choice(PATHS), f"{seed}/{number}", ACTS]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        yield made
        made.close()


def run_walk(item: Any, browser: Browser) -> str:
    """Start an app and walk through it; see ``walk``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data, log = Path(folder) / "data", Path(folder) / "server.log"
        with serve(ROOT / "server.py", log, data) as url:
            return walk(item, browser, url, data, log)


def walk(item: Any, browser: Browser, url: str, data: Path, log: Path) -> str:
    """Walk through an app that answers at ``url`` and has this folder and log.

    Raises:
        AssertionError: something does not hold; with all acts up to there, and where pictures of it are.
    """
    path, decides, acts = item
    made = Walk(url, browser, data, log, path, random.Random(f"hands {decides}"))
    try:
        made.go(acts)
    except Exception as error:
        told = [f"{type(error).__name__}: {error}", *made.told]
        pictures = made.pictures(f"hands-{decides.replace('/', '-')}")
        told += [f"see {each}" for each in pictures]
        FAILURES.joinpath(f"hands-{decides.replace('/', '-')}.txt").write_text("\n".join(told), encoding="utf-8")
        raise AssertionError("\n    ".join(told)) from error
    finally:
        made.close()
    return "walked"


def main(arguments: list[str]) -> int:
    with chromium() as browser:
        return campaign(
            arguments,
            "Walk through the app as quick hands do.",
            walk_input,
            lambda item, _: run_walk(item, browser),
            1000,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
