"""The search for a learning rate as a job: a page asks, a worker does it, and all who ask the same have it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from trainers.config import ModelTooLarge, RunConfig
from trainers.data import load
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.rates import RateRequest, RateSearch
from trainers.store import Changes, Store, StoredRun

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


def work(task: Task) -> End:
    """Look for a rate; what there is so far stands in the job."""
    from trainers.loop import search_rates

    request = RateRequest.from_plain(task.job.request)
    config = RunConfig.from_json(request.config)
    splits = load(config.data, task.progress)
    shown_at = -PROGRESS_SECONDS

    def told(found: RateSearch, share: float) -> None:
        nonlocal shown_at
        task.progress("The rate is raised." if share < 0.5 else "Rates are halved.", share)
        if (now := time.monotonic()) >= shown_at + PROGRESS_SECONDS:
            shown_at = now
            task.write(lambda: task.store.jobs.tell(task.job, result=found.to_plain()))

    found = search_rates(request, splits, told, device=task.job.device)
    task.write(lambda: task.store.remember(_key(request), found.to_plain()))
    return End(status="finished", sentence="A rate was looked for.", columns={"result": found.to_plain()})


def remembered_rates(store: Store, request: RateRequest) -> RateSearch | None:
    """What has been found for this very request; None where nobody has asked for it."""
    return RateSearch.from_plain(store.remembered(_key(request)))


def _key(request: RateRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
