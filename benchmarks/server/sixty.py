"""Sixty visitors of a class on two cores: they open pages, move sliders, train and search, each at his own pace.

    python -m benchmarks.server.sixty [visitors] [seconds]

Visitors are WebSocket clients that speak Streamlit's protocol as its frontend does. First one visitor alone does the
same on the same server, which is what the others are compared with. Printed: how long each kind of page and action
takes, what went wrong, how equal the waits of those who trained were (Jain's index), and the server's memory.
Aim: every page answers, and memory stays flat.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.server.viewers import hear, server_of
from tests.browser.app_server import ROOT, serve
from trainers import RunConfig
from trainers.store import Store
from widgets.browser import OWN_COOKIE, new_cookie, visitor_of_cookie

VISITORS, SECONDS, CORES = 60, 180.0, 2
PAGES = ("", "descent", "line", "maps", "fair", "neuron", "activations", "losses", "derivatives", "initialization")
PAGES += ("normalization", "training", "search", "runs", "surface", "generalization")
SLIDERS = ("activations", "initialization", "normalization", "neuron", "generalization")
SILENT, THINK = 60.0, (1.0, 4.0)  # seconds: until a page is given up, and between two things that a visitor does
FOLLOWED = 6.0  # seconds that a visitor looks at what works


@dataclass
class Told:
    """What all visitors have seen. took: seconds by kind of thing done; wrong: how often what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One browser: a session, its cookie, and what the page that is open shows."""

    def __init__(self, socket: ClientConnection, told: Told, number: int) -> None:
        self.socket, self.told, self.draw = socket, told, random.Random(number)
        self.number, self.page, self.query, self.script = number, "", "", ""
        self.buttons: dict[str, str] = {}
        self.sliders: dict[str, tuple[float, float, float]] = {}
        self.fragment, self.interval = "", 0.0

    async def ask(self, kind: str, asked: BackMsg) -> bool:
        """Run the page, or a part of it; whether it has answered."""
        if not asked.rerun_script.fragment_id:
            self.fragment = ""
        begun = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while (left := begun + SILENT - time.perf_counter()) > 0:
            heard = await hear(self.socket, left)
            if heard is not None and self._take(kind, heard):
                self.told.took[kind].append(time.perf_counter() - begun)
                return True
        self.told.wrong[f"{kind}: no answer within {SILENT:.0f} s"] += 1
        return False

    def _take(self, kind: str, heard: ForwardMsg) -> bool:
        """Take in a message; whether the run has ended with it."""
        what = heard.WhichOneof("type")
        if what == "new_session":
            self.script = heard.new_session.page_script_hash or self.script
        elif what == "auto_rerun":
            self.interval, self.fragment = heard.auto_rerun.interval, heard.auto_rerun.fragment_id
        elif what == "delta":
            element = heard.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "exception":
                self.told.wrong[f"{kind}: {element.exception.type} {element.exception.message[:100]}"] += 1
            elif shown == "button" and not element.button.disabled:
                self.buttons[element.button.label] = element.button.id
            elif shown == "slider" and len(element.slider.default) == 1 and not element.slider.options:
                slider = element.slider
                self.sliders[slider.id] = (slider.min, slider.max, slider.step)
        elif what == "script_finished":
            return heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _asking(self, *, fragment: str = "") -> BackMsg:
        asked = BackMsg()
        run = asked.rerun_script
        run.query_string, run.fragment_id, run.is_auto_rerun = self.query, fragment, bool(fragment)
        if fragment:
            run.page_script_hash = self.script
        else:
            run.page_name = self.page
        return asked

    async def open(self, page: str, query: str = "") -> bool:
        """Go to a page."""
        self.page, self.query = page, query
        self.buttons, self.sliders, self.fragment = {}, {}, ""
        return await self.ask(f"open {page or 'home'}", self._asking())

    async def drag(self, places: int = 5) -> None:
        """Move a slider of the page to so many places, one after the other."""
        if not self.sliders:
            return
        id, (low, high, step) = self.draw.choice(sorted(self.sliders.items()))
        for _ in range(places):
            steps = int((high - low) / step) if step else 0
            value = low + step * self.draw.randint(0, max(1, steps))
            asked = self._asking()
            state = asked.rerun_script.widget_states.widgets.add()
            state.id = id
            state.double_array_value.data.append(min(value, high))
            if not await self.ask(f"drag {self.page}", asked):
                return

    async def press(self, label: str) -> None:
        """Press a button of the page, and look at what comes of it for a while."""
        if label not in self.buttons:
            return
        asked = self._asking()
        state = asked.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.buttons[label], True
        if await self.ask(f"press {label}", asked):
            await self.follow(FOLLOWED)

    async def follow(self, seconds: float) -> None:
        """Ask for what changes as often as the page is told to."""
        until = time.perf_counter() + seconds
        while self.fragment and time.perf_counter() < until:
            await asyncio.sleep(self.interval)
            if not await self.ask(f"tick {self.page}", self._asking(fragment=self.fragment)):
                return

    def _own_config(self) -> RunConfig:
        """A small run that nobody else has."""
        seed = self.number * 1000 + self.draw.randrange(1000)
        return RunConfig().changed({"data.size": 400, "budget.epochs": 60, "budget.seed": seed})

    async def something(self) -> None:
        """What a student does next."""
        kind = self.draw.choices(("open", "drag", "train", "search"), (5, 3, 2, 1))[0]
        if kind == "open":
            await self.open(self.draw.choice(PAGES))
        elif kind == "drag":
            if await self.open(self.draw.choice(SLIDERS)):
                await self.drag()
        elif kind == "train":
            if await self.open("training", urlencode(self._own_config().to_query())):
                await self.press("Train")
        elif await self.open("search", urlencode(self._own_config().to_query())):
            await self.press("Begin the search")


async def visit(url: str, told: Told, number: int, cookie: str, until: float) -> None:
    """One visitor, from his first page until this moment."""
    headers = {"Cookie": f"{OWN_COOKIE}={cookie}"}
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    try:
        async with connect(address, max_size=None, origin=url, additional_headers=headers) as socket:  # type: ignore[arg-type]
            visitor = Visitor(socket, told, number)
            await visitor.open("")
            while time.perf_counter() < until:
                await visitor.something()
                await asyncio.sleep(visitor.draw.uniform(*THINK))
    except (ConnectionClosed, OSError) as error:
        told.wrong[f"the connection broke: {type(error).__name__}"] += 1


async def everything(url: str, told: Told) -> None:
    """One visitor alone, who does everything once or twice."""
    headers = {"Cookie": f"{OWN_COOKIE}={new_cookie()}"}
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    async with connect(address, max_size=None, origin=url, additional_headers=headers) as socket:  # type: ignore[arg-type]
        visitor = Visitor(socket, told, 999)
        for page in PAGES:
            await visitor.open(page)
            await visitor.drag(2)
        for page, label in (("training", "Train"), ("search", "Begin the search")):
            await visitor.open(page, urlencode(visitor._own_config().to_query()))
            await visitor.press(label)


async def class_of(url: str, told: Told, cookies: list[str], seconds: float, server: psutil.Process) -> list[float]:
    """All of them at once; the server's memory at the start and each third of the time, in MB."""
    until = time.perf_counter() + seconds
    memory = [server.memory_info().rss / 1e6]
    visits = []
    for number, cookie in enumerate(cookies):
        visits.append(asyncio.create_task(visit(url, told, number, cookie, until)))
        await asyncio.sleep(5.0 / len(cookies))  # a class does not open a link in the same millisecond
    for _ in range(3):
        await asyncio.sleep(max(0.0, (until - time.perf_counter()) / (4 - len(memory))))
        memory.append(server.memory_info().rss / 1e6)
    _, late = await asyncio.wait(visits, timeout=SILENT)
    for task in late:
        task.cancel()
    if late:
        told.wrong[f"a visitor still waited {SILENT:.0f} s after the end"] += len(late)
    await asyncio.gather(*visits, return_exceptions=True)
    for task in visits:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
    return memory


def jain(values: Iterable[float]) -> float:
    """Jain's index: 1 where all are equal, 1 / n where one has everything (Jain, Chiu and Hawe 1984)."""
    given = np.array(list(values))
    return float(given.sum() ** 2 / (len(given) * (given**2).sum())) if given.any() else 1.0


def tell(alone: Told, many: Told) -> None:
    """A line for each kind, and what went wrong."""
    print(f"{'':24}{'alone, median':>14}{'count':>8}{'median':>9}{'p95':>9}   milliseconds")
    for kind in sorted(many.took):
        took, floor = 1e3 * np.array(many.took[kind]), 1e3 * np.array(alone.took.get(kind, [np.nan]))
        print(f"{kind:24}{np.median(floor):14.0f}{len(took):8}{np.median(took):9.0f}{np.quantile(took, 0.95):9.0f}")
    every = 1e3 * np.concatenate([np.array(each) for each in many.took.values()])
    print(f"{'everything':24}{'':14}{len(every):8}{np.median(every):9.0f}{np.quantile(every, 0.95):9.0f}")
    for told, who in ((alone, "alone"), (many, "together")):
        for what, count in told.wrong.most_common():
            print(f"wrong, {who}: {count} times {what}")
    if not alone.wrong and not many.wrong:
        print("nothing went wrong")


def tell_waits(store: Store, visitors: list[str]) -> None:
    """How long runs waited, and how equal that was among those who trained."""
    waits: dict[str, list[float]] = {}
    waiting = 0
    for run in store.runs(limit=10_000):
        if run.visitor.partition("@")[0] in visitors:
            if run.started is None:
                waiting += 1
            else:
                waits.setdefault(run.visitor, []).append((run.started - run.created).total_seconds())
    means = [float(np.mean(each)) for each in waits.values()]
    if means:
        count = sum(map(len, waits.values()))
        print(
            f"{count} runs of {len(means)} visitors began, {waiting} still wait; means of their waits: median "
            f"{np.median(means):.1f} s, longest {max(means):.1f} s; Jain's index {jain(means):.2f}"
        )


def main(visitors: int = VISITORS, seconds: float = SECONDS) -> None:
    """Print everything."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    cookies = [new_cookie() for _ in range(visitors)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/runs.sqlite3", Path(folder))
        with serve(
            ROOT / "server.py", Path(folder) / "server.log", Path(folder), DESCENT_LAB_TEACHER=secrets.token_hex(8)
        ) as url:
            server, alone, many = server_of(url), Told(), Told()
            print("one visitor alone", flush=True)
            asyncio.run(everything(url, alone))
            print(
                f"{visitors} visitors for {seconds:.0f} s on {CORES} cores, load {os.getloadavg()[0]:.1f} before",
                flush=True,
            )
            memory = asyncio.run(class_of(url, many, cookies, seconds, server))
            tell(alone, many)
            tell_waits(store, [visitor_of_cookie(cookie) for cookie in cookies])
            print("server's memory, MB: " + ", then ".join(f"{size:.0f}" for size in memory))
        log = (Path(folder) / "server.log").read_text(errors="replace")
        errors = [line for line in log.splitlines() if "Traceback" in line or " ERROR " in line]
        print(f"{len(errors)} errors in the server's log" + "".join(f"\n  {line[:200]}" for line in errors[:5]))
        if errors:
            print(log[log.index(errors[0]) :][:3000])
        store.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]), *(float(argument) for argument in sys.argv[2:3]))
