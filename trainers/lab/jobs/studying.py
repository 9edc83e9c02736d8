"""A study as a job: a page asks, a worker does it cell by cell, and all who ask for the same have it.

The cells there are stand in the job, and the store remembers which job a request has: what is done is found again, and
what was broken off goes on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from trainers.allowances import Size
from trainers.lab.job import End, Task
from trainers.store import Changes, Store, StoredRun
from trainers.studies import STUDIES, StudyRequest, carry_on

KIND = "study"
Cells = dict[str, dict[str, Any]]


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why there can be no such study, in a sentence; empty where there can."""
    try:
        StudyRequest.from_plain(request)
    except ValueError as error:
        return f"There is no such study: {error}."
    return ""


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the networks of the study are."""
    return [StudyRequest.from_plain(request).largest]


def work(task: Task) -> End:
    """Work out the cells that are missing; each stands in the job as soon as it is there."""
    import torch

    from trainers.loop import own_random_numbers, own_threads

    request = StudyRequest.from_plain(task.job.request)
    cells = studied(task.store, request)
    # First what is known, then where it stands: whoever is killed between the two loses nothing.
    task.write(lambda: task.store.jobs.tell(task.job, result={"cells": cells}))
    task.write(lambda: task.store.remember(_key(request), {"job": task.job.id}))
    told = len(cells)

    def tell(known: Mapping[str, dict[str, Any]], share: float, words: str) -> None:
        nonlocal told
        task.progress(words, share)
        if len(known) != told:
            told = len(known)
            task.write(lambda: task.store.jobs.tell(task.job, result={"cells": dict(known)}))

    with own_random_numbers("cpu"), own_threads():
        torch.set_num_threads(task.threads or 1)  # small products: threads that wait for each other cost more
        cells = carry_on(request, cells, tell)
    sentence = f"{STUDIES[request.study].name.capitalize()} is known."
    return End(status="finished", sentence=sentence, columns={"result": {"cells": cells}})


def studied(store: Store, request: StudyRequest) -> Cells:
    """The cells of this very request that are known, by whomever they were asked for."""
    remembered = store.remembered(_key(request))
    job = store.jobs.one(KIND, str(remembered.get("job", ""))) if isinstance(remembered, dict) else None
    return {} if job is None else request.known(job.result)


def _key(request: StudyRequest) -> str:
    text = json.dumps(request.to_plain(), sort_keys=True)
    return f"{KIND} {hashlib.sha256(text.encode()).hexdigest()}"
