"""The catalogue of what workers do. Keys are a public format: they stand in the store."""

from __future__ import annotations

from trainers.lab.feed import new_findings
from trainers.lab.job import End, Job, Task
from trainers.lab.jobs import ensembling, rate_finding, scoring, studying, surface_making, transferring
from trainers.lab.resuming import going_on
from trainers.lab.sizes import run_sizes
from trainers.lab.varying import search
from trainers.store import ELSEWHERE, TRAINING, Store, StoredJob


def _train(task: Task) -> End | None:
    from trainers.lab.stacked_work import train_stacked
    from trainers.lab.work import TrainingWork

    return None if train_stacked(task, TRAIN) else TrainingWork(task=task).go()


def _goes_on(store: Store, job: StoredJob, why: str) -> str:
    """How a run goes on whose training is gone; one that is watched has its verdict on all that it has told by then."""
    if job.device == ELSEWHERE:
        if findings := new_findings(store, job.id):  # what it told last may have come too soon after the rest
            store.update(job.id, **findings)
        return "Its training has been silent for a minute; it goes on here as soon as it reports again."
    return f"{why} {going_on(store, job.id)}"


TRAIN = Job(
    kind=TRAINING,
    name="the run",
    cannot="This run cannot be trained",
    work=_train,
    largest=run_sizes,
    preload=(
        "torch",
        "torch._dynamo",
        "sklearn.ensemble",
        "sklearn.datasets",
        "trainers.lab.work",
        "trainers.lab.stacked_work",
    ),
    followed=True,
    interrupted=_goes_on,
)
SCORE = Job(
    kind="score",
    name="the scoring",
    cannot="The test rows cannot be scored",
    work=scoring.work,
    largest=run_sizes,
    slot=False,
    at_once=1,
    preload=("trainers.loop",),
    refused=scoring.refused,
    asked=scoring.asked,
    settled=scoring.settled,
)
RATES = Job(
    kind=rate_finding.KIND,
    name="the search for a rate",
    cannot="No rate can be looked for",
    work=rate_finding.work,
    largest=rate_finding.largest,
    shared=True,
    at_once=2,
    preload=("torch", "torch._dynamo", "trainers.loop"),
    refused=rate_finding.refused,
    interrupted=rate_finding.interrupted,
)
SURFACE = Job(
    kind=surface_making.KIND,
    name="the loss surface",
    cannot="The surface cannot be drawn",
    work=surface_making.work,
    largest=surface_making.largest,
    at_once=2,
    preload=("torch", "torch._dynamo", "scipy.sparse.linalg", "trainers.loop", "trainers.surfaces"),
    refused=surface_making.refused,
)
ENSEMBLE = Job(
    kind=ensembling.KIND,
    name="the ensemble",
    cannot="These runs cannot speak together",
    work=ensembling.work,
    largest=ensembling.largest,
    shared=True,
    slot=False,
    at_once=1,
    preload=("trainers.loop",),
    refused=ensembling.refused,
)
TRANSFER = Job(
    kind=transferring.KIND,
    name="the study",
    cannot="This cannot be studied",
    work=transferring.work,
    largest=transferring.largest,
    shared=True,
    at_once=2,
    preload=("torch", "torch._dynamo", "sklearn.datasets", "trainers.loop", "trainers.transfers"),
    refused=transferring.refused,
    interrupted=transferring.interrupted,
)
STUDY = Job(
    kind=studying.KIND,
    name="the study",
    cannot="This cannot be studied",
    work=studying.work,
    largest=studying.largest,
    shared=True,
    at_once=2,
    preload=("torch", "torch._dynamo", "trainers.loop"),
    refused=studying.refused,
)
VARY = Job(
    kind=search.KIND,
    name="the search",
    cannot="This cannot be searched",
    work=search.work,
    largest=search.largest,
    shared=True,
    slot=False,
    at_once=4,
    refused=search.refused,
    exhausted=search.exhausted,
    interrupted=search.interrupted,
)
JOBS: dict[str, Job] = {job.kind: job for job in (TRAIN, SCORE, RATES, SURFACE, ENSEMBLE, TRANSFER, STUDY, VARY)}
