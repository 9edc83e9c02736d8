"""Visitors of the lab as programs: WebSocket clients that speak Streamlit's protocol as its frontend does.

Each has a session, a cookie, and what the page that is open shows. He opens pages, drags sliders, trains and searches,
with a time to think between two acts. What is not played: the browser's own drawing, and the short message with which a
page's script tells that the browser has arrived.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.server.viewers import hear
from trainers import RunConfig
from widgets.browser import OWN_COOKIE

PAGES = ("", "descent", "line", "maps", "fair", "neuron", "activations", "losses", "derivatives", "initialization")
PAGES += ("normalization", "training", "search", "runs", "surface", "generalization")
SLIDERS = ("descent", "activations", "initialization", "normalization", "neuron", "generalization")
SILENT = 60.0  # seconds until a page is given up
FOLLOWED = 6.0  # seconds that a visitor looks at what works
PICTURES = {"initialization": 3}  # of a page that stands before its run ends: it measures on until the next hand
HAND = 0.3  # seconds at least between two places of a slider that is dragged
ACTS = {"open": 5, "drag": 3, "train": 2, "search": 1}  # how often each, of 11
BUTTONS = {"train": ("training", "Train"), "search": ("search", "Begin the search")}


@dataclass
class Told:
    """What visitors have seen. took: seconds by kind of thing done; wrong: how often what went wrong.

    used: seconds of the server's processor by kind, where somebody is alone and ``clock`` tells them.
    """

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    used: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    clock: Callable[[], float] | None = None
    wrong: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One browser. think: mean seconds between two acts, drawn from the exponential distribution; 0 for none."""

    def __init__(self, socket: ClientConnection, told: Told, *, number: int, seed: int, think: float) -> None:
        self.socket, self.told, self.draw = socket, told, random.Random(f"{seed}/{number}")
        self.number, self.seed, self.think = number, seed, think
        self.page, self.query, self.script = "", "", ""
        self.buttons: dict[str, str] = {}
        self.sliders: dict[str, tuple[float, float, float]] = {}
        self.ticking: dict[str, float] = {}  # fragments that run again by themselves, with their intervals
        self.drawn, self.measures, self.runs = 0, False, False  # pictures of the run that goes on

    async def ask(self, kind: str, asked: BackMsg | None) -> bool:
        """Run the page, or a part of it; whether it has answered. asked: None to wait for the end of what goes on."""
        begun, spent = time.perf_counter(), self.told.clock() if self.told.clock else 0.0
        if asked is not None:
            self.drawn, self.runs = 0, False  # what is heard before the run begins is of the one before
            await self.socket.send(asked.SerializeToString())
        early = PICTURES.get(self.page, 0) if asked is not None else 0
        heard_of = Counter[str]()
        while (left := begun + SILENT - time.perf_counter()) > 0:
            heard = await hear(self.socket, left)
            if heard is None:
                continue
            heard_of[heard.WhichOneof("type") or ""] += 1
            ended = self._take(kind, heard) and (self.runs or asked is None)
            if ended or (early and self.drawn >= early):
                self.measures = not ended
                self.told.took[kind].append(time.perf_counter() - begun)
                if self.told.clock:
                    self.told.used[kind].append(self.told.clock() - spent)
                return True
        what = ", ".join(f"{count} {name}" for name, count in heard_of.items()) or "nothing"
        self.told.wrong[f"{kind}: no answer within {SILENT:.0f} s, heard {what}"] += 1
        return False

    def _take(self, kind: str, heard: ForwardMsg) -> bool:
        """Take in a message; whether the run has ended with it."""
        what = heard.WhichOneof("type")
        if what == "new_session":
            self.drawn, self.runs = 0, True
            self.script = heard.new_session.page_script_hash or self.script
            if not heard.metadata.run.fragment_ids:  # a run of the whole page ends all ticking, as in the frontend
                self.ticking = {}
        elif what == "auto_rerun":
            self.ticking[heard.auto_rerun.fragment_id] = heard.auto_rerun.interval
        elif what == "stop_auto_rerun":
            for fragment in heard.stop_auto_rerun.fragment_ids:
                self.ticking.pop(fragment, None)
        elif what == "delta":
            element = heard.delta.new_element
            shown = element.WhichOneof("type")
            self.drawn += shown == "plotly_chart"
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
        self.buttons, self.sliders = {}, {}
        return await self.ask(f"open {page or 'home'}", self._asking())

    async def drag(self, places: int = 5) -> None:
        """Move a slider of the page to so many places, each when what came of the one before is seen."""
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
            begun = time.perf_counter()
            if not await self.ask(f"drag {self.page}", asked):
                return
            if self.think:
                await asyncio.sleep(max(0.0, begun + HAND - time.perf_counter()))
        if self.measures:
            await self.ask(f"measure {self.page}", None)

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
        while self.ticking and time.perf_counter() < until:
            fragment, interval = min(self.ticking.items(), key=lambda item: item[1])
            await asyncio.sleep(interval)
            if not await self.ask(f"tick {self.page}", self._asking(fragment=fragment)):
                return

    def own_query(self) -> str:
        """The link of a small run that nobody else has."""
        seed = self.number * 1000 + self.draw.randrange(1000)
        own = {"data.size": 400, "budget.epochs": 60, "budget.seed": seed}
        return urlencode(RunConfig().changed(own).to_query())

    async def work(self, kind: str) -> None:
        """Train, or look for a rate."""
        page, label = BUTTONS[kind]
        if await self.open(page, self.own_query()):
            await self.pause()
            await self.press(label)

    async def something(self) -> None:
        """What a student does next."""
        kind = self.draw.choices(list(ACTS), list(ACTS.values()))[0]
        if kind == "open":
            await self.open(self.draw.choice(PAGES))
        elif kind == "drag":
            if await self.open(self.draw.choice(SLIDERS)):
                await self.pause()
                await self.drag()
        else:
            await self.work(kind)

    async def pause(self) -> None:
        """Look and think, while what ticks on the page goes on."""
        if not self.think:
            return
        until = time.perf_counter() + self.draw.expovariate(1 / self.think)
        await self.follow(until - time.perf_counter())
        await asyncio.sleep(max(0.0, until - time.perf_counter()))


def _connection(url: str, cookie: str) -> connect:
    address = f"ws://{urlsplit(url).netloc}{urlsplit(url).path}/_stcore/stream"
    headers = {"Cookie": f"{OWN_COOKIE}={cookie}"}
    return connect(address, max_size=None, origin=url, additional_headers=headers)  # type: ignore[arg-type]


async def visit(url: str, told: Told, cookie: str, until: float, *, number: int, seed: int, think: float) -> None:
    """One visitor, from his first page until this moment."""
    try:
        async with _connection(url, cookie) as socket:
            visitor = Visitor(socket, told, number=number, seed=seed, think=think)
            await visitor.open("")
            while time.perf_counter() < until:
                await visitor.pause()
                await visitor.something()
    except (ConnectionClosed, OSError) as error:
        told.wrong[f"the connection broke: {type(error).__name__}"] += 1


async def everything(url: str, told: Told, cookie: str, *, seed: int, times: int = 1) -> None:
    """One visitor alone, who does everything without a pause, so many times after a first time that is not told."""
    async with _connection(url, cookie) as socket:
        visitor = Visitor(socket, Told(), number=999, seed=seed, think=0.0)
        for time_ in range(times + 1):
            if time_ == 1:
                visitor.told = told
            for page in PAGES:
                await visitor.open(page)
                if page in SLIDERS:
                    await visitor.drag()
            for kind in BUTTONS:
                await visitor.work(kind)
