"""Along with the class: what followers of a room hear, within a fraction of a second, and what they and lecturers say.

``POST {base}/class/events`` answers with server-sent events for as long as a browser listens: the link of the room, the
vote and, for the lecturer, who is there. All other posts say something. What is secret (the lecturer's key, a
follower's id) stands in the body, where no log writes it down. The state is in the store's database; a server looks
there four times a second for all its listeners together, and only while there are any, so that several servers may
share a class, and one that starts anew goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from figures.drawing import qr_modules
from reception import Bucket, body_of, is_foreign, refusal
from trainers.classroom import (
    ClassError,
    Full,
    NoRoom,
    NotYourRoom,
    Rooms,
    RoomState,
    checked_link,
    checked_vote,
    code_of,
    follower_of,
    may_open,
    read_post,
)
from trainers.lab import the_lab
from trainers.store import StoreError

POLL = 0.25  # seconds between two looks into the database
SHORTEST = 0.05  # between two looks that somebody's words have caused
RECOUNT = 3.0  # between two counts of who has left
BEAT = 15.0  # between two signs of life, to the database and through proxies
MAX_BODY = 20_000
MAX_LISTENERS = 2000
FOREIGN = "A class is followed from pages of this lab, not from those of others."
OFTEN = "That is too often; try again in a moment."
GONE = "gone"
_MOST_BUCKETS = 10_000


class Buckets:
    """A bucket for each name, as many of the latest as are remembered."""

    def __init__(self, rate: float, most: float) -> None:
        self.rate, self.most = rate, most
        self._made: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str) -> bool:
        """Whether this one has something left."""
        with self._lock:
            bucket = self._made.setdefault(name, Bucket(rate=self.rate, most=self.most))
            self._made.move_to_end(name)
            while len(self._made) > _MOST_BUCKETS:
                self._made.popitem(last=False)
        return bucket.take()


_posts = Bucket(rate=200, most=1000)
_own = Buckets(rate=10, most=100)  # posts of one follower or lecturer
_wrong = Buckets(rate=1, most=100)  # codes that are none, of one network: nobody tries them all
_opened = Buckets(rate=1 / 30, most=10)  # rooms opened from one network
_words = Buckets(rate=1 / 120, most=5)  # wrong words of a teacher from one network


@dataclass(kw_only=True, eq=False)
class Listener:
    """follower: his id, empty for the lecturer. told: what he heard last; text: what he hears next, if anything."""

    code: str
    follower: str
    told: str = ""
    text: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, text: str) -> None:
        if text != self.told:
            self.told = self.text = text
            self.changed.set()


class Hub:
    """Those who listen at this server."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.ended = False
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, listener: Listener) -> None:
        self.listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

    def wake(self) -> None:
        """Somebody has said something here."""
        self._woken.set()

    def end(self) -> None:
        """The server ends, and waits for no listener."""
        self.ended = True
        for listener in self.listeners:
            listener.changed.set()

    async def _watch(self) -> None:
        """Look for all, until nobody listens any more."""
        known: dict[str, int] = {}
        counted = beaten = time.monotonic()
        while self.listeners and not self.ended:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL)
            self._woken.clear()
            now = time.monotonic()
            recount, beat = now - counted > RECOUNT, now - beaten > BEAT
            counted, beaten = now if recount else counted, now if beat else beaten
            try:
                if beat:
                    await run_in_threadpool(self._beat, list(self.listeners))
                states = await run_in_threadpool(_looked, list(self.listeners), known, recount)
            except StoreError:
                continue  # the database is away: what it says is heard when it is back
            for code, state in states.items():
                self._tell(code, state)
            await asyncio.sleep(SHORTEST)

    def _beat(self, listeners: list[Listener]) -> None:
        lecturers = {each.code for each in listeners if not each.follower}
        followers = {(each.code, each.follower) for each in listeners if each.follower}
        _rooms().heard(lecturers, followers)

    def _tell(self, code: str, state: RoomState | None) -> None:
        follower, lecturer = _texts(state)
        for listener in self.listeners:
            if listener.code == code:
                listener.tell(follower if listener.follower else lecturer)


def _texts(state: RoomState | None) -> tuple[str, str]:
    """What followers hear of a room, and what its lecturer does."""
    if state is None:
        return json.dumps({GONE: True}), json.dumps({GONE: True})
    return json.dumps(state.for_followers()), json.dumps(state.for_lecturer())


def _looked(listeners: list[Listener], known: dict[str, int], recount: bool) -> dict[str, RoomState | None]:
    """The rooms that have changed since ``known``, which is brought up to date; with ``recount`` those of lecturers."""
    codes = {listener.code for listener in listeners}
    rooms = _rooms()
    changes = rooms.changes(codes)
    counted = {listener.code for listener in listeners if not listener.follower} if recount else set()
    anew = {code for code in codes if code in counted or code not in changes or known.get(code) != changes[code]}
    states = {code: rooms.state(code) for code in anew}
    known.clear()
    known.update(changes)
    return states


HUB = Hub()


class Events:
    """The answer that goes on: what a listener hears, until either side ends."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"}
        plain = [(name.encode(), text.encode()) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": plain})
        tasks = {asyncio.create_task(self._left(receive)), asyncio.create_task(self._said(send))}
        HUB.add(self.listener)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            HUB.listeners.discard(self.listener)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            HUB.wake()

    async def _left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _said(self, send: Send) -> None:
        listener = self.listener
        while not HUB.ended:
            text, listener.text = listener.text, ""
            listener.changed.clear()
            body = f"data: {text}\n\n" if text else ":\n\n"
            await send({"type": "http.response.body", "body": body.encode(), "more_body": True})
            if text and GONE in json.loads(text):
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(listener.changed.wait(), BEAT)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


# ---- what is said ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asked:
    """code: of the room. home: where the lab is for who asks. network: where he asks from."""

    code: str
    home: str
    network: str


def _rooms() -> Rooms:
    return Rooms(the_lab().store)


def _key(told: Mapping[str, Any]) -> str:
    key = told.get("key")
    return key[:100] if isinstance(key, str) else ""


def _open(told: Mapping[str, Any], asked: Asked) -> Any:
    word = told.get("word")
    if not may_open(word[:200] if isinstance(word, str) else ""):
        if not _words.take(asked.network):
            raise Full("There were too many wrong words; try again in ten minutes.")
        raise NotYourRoom if not word else ClassError("That is not the teacher's word.")
    if not _opened.take(asked.network):
        raise Full("So many rooms were opened from here that it has to wait a minute.")
    code, key = _rooms().open()
    return {"room": code, "key": key, **_door(code, asked)}


def _teach(told: Mapping[str, Any], asked: Asked) -> Any:
    _rooms().check(asked.code, _key(told))
    return _door(asked.code, asked)


def _door(code: str, asked: Asked) -> Mapping[str, Any]:
    """How a room is entered: its link, and that as the rows of a QR code."""
    link = f"{asked.home}/join?room={code}"
    try:
        rows = ["".join("1" if dark else "0" for dark in row) for row in qr_modules(link)]
    except ValueError:  # a name so long that no screen could show it
        rows = []
    return {"link": link, "qr": rows}


def _show(told: Mapping[str, Any], asked: Asked) -> None:
    link = checked_link(told.get("path"), told.get("query"))
    _rooms().show(asked.code, _key(told), link, front=told.get("front") is True)


def _vote(told: Mapping[str, Any], asked: Asked) -> None:
    if told.get("end") is True:
        _rooms().end_vote(asked.code, _key(told))
    elif "question" in told:
        _rooms().ask(asked.code, _key(told), lambda number: checked_vote(told, number))
    else:
        opened, shown = told.get("open") is True, told.get("shown") is True
        _rooms().turn_vote(asked.code, _key(told), open=opened, shown=shown)


def _drop(told: Mapping[str, Any], asked: Asked) -> None:
    number = told.get("offer")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise ClassError(f"offer was given {number!r:.40}; allowed is the number of one")
    _rooms().drop_offer(asked.code, _key(told), number)


def _close(told: Mapping[str, Any], asked: Asked) -> None:
    _rooms().close(asked.code, _key(told))


def _follow(told: Mapping[str, Any], asked: Asked) -> None:
    _rooms().enter(asked.code, follower_of(told), follows=told.get("follows") is not False)


def _leave(told: Mapping[str, Any], asked: Asked) -> None:
    _rooms().leave(asked.code, follower_of(told))


def _answer(told: Mapping[str, Any], asked: Asked) -> None:
    _rooms().answer(asked.code, follower_of(told), told.get("vote"), told.get("answer"))


def _offer(told: Mapping[str, Any], asked: Asked) -> None:
    _rooms().offer(asked.code, follower_of(told), checked_link(told.get("path"), told.get("query")))


_SAID: Mapping[str, Callable[[Mapping[str, Any], Asked], Any]] = {
    "open": _open,
    "teach": _teach,
    "show": _show,
    "vote": _vote,
    "drop": _drop,
    "close": _close,
    "follow": _follow,
    "leave": _leave,
    "answer": _answer,
    "offer": _offer,
}


def _listener(told: Mapping[str, Any], asked: Asked) -> Listener:
    """A listener who has heard what the room shows now."""
    rooms = _rooms()
    if "key" in told:
        rooms.check(asked.code, _key(told))
        listener = Listener(code=asked.code, follower="")
        rooms.heard({asked.code}, ())
    else:
        listener = Listener(code=asked.code, follower=follower_of(told))
        rooms.enter(asked.code, listener.follower, follows=told.get("follows") is not False)
    follower, lecturer = _texts(rooms.state(asked.code))
    listener.tell(follower if listener.follower else lecturer)
    return listener


class Receiver:
    """The posts of classes. base: the path that the lab is under, as Streamlit's ``server.baseUrlPath`` has it."""

    def __init__(self, base: str) -> None:
        self.base = f"/{base.strip('/')}".rstrip("/")

    async def receive(self, request: Request) -> Any:
        """Take one post; the answer is JSON, or the events."""
        refused = _refusal(request)
        if refused is not None:
            return refused
        try:
            body = await body_of(request, MAX_BODY)
        except ClientDisconnect:
            return Response(status_code=400)
        what = request.path_params["what"]
        if body is None:
            return refusal(413, f"A post has at most {MAX_BODY:,} bytes.")
        if what != "events" and what not in _SAID:
            return refusal(404, "There is nothing of that name.")
        try:
            told = read_post(body)
            asked = self._asked(request, told, what)
            if not _own.take(str(told.get("key") or told.get("id") or asked.network)[:100]):
                return refusal(429, OFTEN)
            if what == "events":
                if len(HUB.listeners) >= MAX_LISTENERS:
                    return refusal(429, OFTEN)
                listener = await run_in_threadpool(_listener, told, asked)
                HUB.wake()
                return Events(listener)
            answer = await run_in_threadpool(_SAID[what], told, asked)
        except (ClassError, StoreError) as error:
            return _refused(error, request, what)
        HUB.wake()
        return JSONResponse(answer or {})

    def _asked(self, request: Request, told: Mapping[str, Any], what: str) -> Asked:
        code = code_of(told.get("room"))
        if not code and what != "open":
            raise NoRoom
        origin = request.headers.get("origin") or f"{request.url.scheme}://{request.headers.get('host', '')}"
        return Asked(code=code, home=f"{origin}{self.base}", network=_network(request))


def _network(request: Request) -> str:
    return request.client.host if request.client else ""


def _refused(error: Exception, request: Request, what: str) -> Response:
    if isinstance(error, NoRoom):
        if not _wrong.take(_network(request)):
            return refusal(429, OFTEN)
        # Whoever comes back to a room that was closed meanwhile has done nothing wrong.
        return refusal(404, str(error)) if what != "events" else refusal(200, str(error), gone=True)
    status = 403 if isinstance(error, NotYourRoom) else 429 if isinstance(error, Full) else 400
    return refusal(503 if isinstance(error, StoreError) else status, str(error))


def _refusal(request: Request) -> Response | None:
    if is_foreign(request):
        return refusal(403, FOREIGN)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return refusal(415, "What is said to a class is JSON: Content-Type has to be application/json.")
    return None if _posts.take() else refusal(429, OFTEN)


def class_routes(base: str) -> tuple[Route, ...]:
    """The address of classes, below the path that the lab is under."""
    receiver = Receiver(base)
    return (Route(f"{receiver.base}/class/{{what}}", receiver.receive, methods=["POST"]),)
