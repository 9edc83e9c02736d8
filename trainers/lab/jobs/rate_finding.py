"""The search for a learning rate as a job: a page asks, a worker does it, and all who ask the same have it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trainers.allowances import Size
from trainers.config import ModelTooLarge, RunConfig
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.lab.sizes import SETTINGS, any_count, over, size_of
from trainers.rates import RateRequest, RateSearch
from trainers.store import Changes, Store, StoredJob, StoredRun

KIND = "rates"


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why no rate can be looked for, in a sentence; empty where it can."""
    try:
        RunConfig.from_json(RateRequest.from_plain(request).config)
    except ModelTooLarge as error:
        return error.sentence
    except ValueError as error:
        return f"No rate can be looked for: {error}."
    return ""


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the runs at all rates are. They take steps, not epochs: as many on a few rows as on all of them."""
    return [_size(RateRequest.from_plain(request))]


def _size(request: RateRequest) -> Size:
    config = RunConfig.from_json(request.config)
    return replace(size_of(config, any_count(config)), epochs=1)


def rates_over(request: RateRequest) -> tuple[str, str]:
    """The setting that makes the run larger than this server takes, and why; both empty where it does not."""
    try:
        what, why = over(_size(request))
    except ModelTooLarge as error:
        what, why = "parameters", error.sentence
    return SETTINGS.get(what, ""), why


def interrupted(store: Store, job: StoredJob, why: str) -> str:
    """The sentence of a search whose process is gone."""
    return f"{why} Go on takes it up with the rates that were tried."


def work(task: Task) -> End:
    """Look for a rate; what there is so far stands in the job, and what was broken off goes on from there."""
    from trainers.loop import search_rates

    request = RateRequest.from_plain(task.job.request)
    config = RunConfig.from_json(request.config)
    splits = task.load(config.data)
    shown_at = -PROGRESS_SECONDS

    def told(found: RateSearch, share: float) -> None:
        nonlocal shown_at
        task.progress("The rate is raised." if share < 0.5 else "Rates are halved.", share)
        if (now := time.monotonic()) >= shown_at + PROGRESS_SECONDS:
            shown_at = now
            task.write(lambda: task.store.jobs.tell(task.job, result=found.to_plain()))

    before = RateSearch.from_plain(task.job.result)
    found = search_rates(request, splits, told, device=task.job.device, before=before)
    task.write(lambda: task.store.remember(_key(request), found.to_plain()))
    return End(status="finished", sentence="A rate was looked for.", columns={"result": found.to_plain()})


def remembered_rates(store: Store, request: RateRequest) -> RateSearch | None:
    """What has been found for this very request; None where nobody has asked for it."""
    return RateSearch.from_plain(store.remembered(_key(request)))


def _key(request: RateRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
