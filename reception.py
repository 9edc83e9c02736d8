"""The way in for trainings that run elsewhere: one address that takes their reports, for whoever has the token.

The token stands in ``DESCENT_LAB_WATCH_TOKEN`` of the server; without one nobody is let in. It comes in a header that
no page of another origin can send, and what a browser sends from one is refused. Sizes and rates are bounded.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trainers.lab import the_lab
from trainers.store import StoreError
from trainers.watch import PATH, TOKEN
from trainers.watched import MAX_BODY, Busy, Gone, NotYours, ToldError, lab_token, read_told, take_in

OFF = f"This lab watches no trainings: whoever runs it sets {TOKEN} to a long random text."
WRONG = f"The token is not that of this lab: whoever runs it has set it in {TOKEN}."
FOREIGN = "Reports come from trainings, not from web pages of others."
OFTEN = "There are too many posts at once; try again in a moment."
FORM = "Reports are lines of JSON: Content-Type has to be application/x-ndjson."


@dataclass(kw_only=True, eq=False)
class Bucket:
    """So many a second, and so many at once after a pause."""

    rate: float
    most: float
    left: float = field(init=False)
    seen: float = field(default_factory=time.monotonic)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self) -> bool:
        """Whether there is one left."""
        with self.lock:
            now = time.monotonic()
            self.left = min(self.most, self.left + self.rate * (now - self.seen))
            self.seen = now
            if self.left < 1:
                return False
            self.left -= 1
            return True


_posts = Bucket(rate=100, most=300)
_failures = Bucket(rate=1, most=30)  # wrong tokens: nobody tries them all


async def receive(request: Request) -> Response:
    """Take the lines of one training; the answer says where it is seen, or why it was refused."""
    refused = _refusal(request)
    if refused is not None:
        return refused
    try:
        body = await body_of(request, MAX_BODY)
    except ClientDisconnect:
        return Response(status_code=400)
    if body is None:
        return refusal(413, f"A post has at most {MAX_BODY:,} bytes.")
    return await run_in_threadpool(_take, body)


def _refusal(request: Request) -> Response | None:
    headers = request.headers
    token = lab_token()
    if not token:
        return refusal(403, OFF)
    if is_foreign(request):
        return refusal(403, FOREIGN)
    kind, _, given = headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode("utf-8", "replace"))
    if kind.lower() != "bearer" or not right:
        return refusal(401, WRONG) if _failures.take() else refusal(429, OFTEN)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-ndjson":
        return refusal(415, FORM)
    if not _posts.take():
        return refusal(429, OFTEN)
    return None


def is_foreign(request: Request) -> bool:
    """Whether a page of another website has sent this."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return True
    return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


async def body_of(request: Request, most: int) -> bytes | None:
    """None where it has more bytes than ``most``; no more than that is read."""
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and len(length) < 12) or int(length) > most:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def refusal(status: int, sentence: str, **more: Any) -> Response:
    """Why something was not taken, as JSON."""
    return JSONResponse({"error": sentence, **more}, status_code=status)


def _take(body: bytes) -> Response:
    try:
        told = read_told(body.decode("utf-8"))
    except (ToldError, UnicodeDecodeError) as error:
        return refusal(400, f"These reports cannot be read, {error}.")
    try:
        run = take_in(the_lab().store, told)
    except Gone as error:
        return refusal(410, str(error))
    except NotYours as error:
        return refusal(409, str(error))
    except Busy as error:
        return refusal(429, str(error))
    except StoreError as error:
        return refusal(503, str(error))
    return JSONResponse({"run": run.id, "status": run.status})


ROUTES = (Route(PATH, receive, methods=["POST"]),)
