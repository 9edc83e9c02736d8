"""The trainings of a study of transfer: one network learns the first task, then each way learns the second."""

from __future__ import annotations

from collections.abc import Callable

from trainers.config import RunConfig
from trainers.data import Splits, load
from trainers.loop import Checkpoint, Session, evaluate, own_random_numbers
from trainers.transfers.request import SEEN, TasksRequest, TransferRequest
from trainers.transfers.study import Curve, Study
from trainers.transfers.two_tasks import train_alone, train_shared

Told = Callable[[Study, str], None]
"""Called before each training with what there is so far and a sentence; what it raises ends the work."""


def compute_study(request: TransferRequest | TasksRequest, told: Told, before: Study | None = None) -> Study:
    """Every training of a study on one CPU thread. before: what an earlier work on the same request had come to."""
    keys = request.keys()
    study = Study(epochs=SEEN, total=len(keys))
    if before is not None and before.epochs == SEEN:
        study = Study(epochs=SEEN, total=len(keys), curves={k: c for k, c in before.curves.items() if k in keys})
    starts: dict[int, Checkpoint] = {}
    with own_random_numbers("cpu"):
        for key in keys:
            if key in study.curves:
                continue
            way, rows, seed = key
            told(study, f"{len(study.curves)} of {len(keys)} networks are trained.")
            if isinstance(request, TasksRequest):
                curve = (train_shared if way == "shared" else train_alone)(request, seed)
            else:
                start = None
                if way != "scratch":
                    if seed not in starts:
                        starts[seed] = _learned(request.source(seed))
                    start = starts[seed]
                config = request.target(way, rows, seed)
                curve = trained_curve(config, load(config.data), start)
            study = study.having(key, curve)
    return study


def _learned(config: RunConfig) -> Checkpoint:
    """A network at the end of its epochs, as a checkpoint."""
    session = Session(config, load(config.data), "cpu")
    for _ in range(config.budget.epochs):
        _epoch(session)
    return session.checkpoint({})


def trained_curve(config: RunConfig, splits: Splits, start: Checkpoint | None) -> Curve:
    """Validation loss and accuracy at the epochs that are seen, of a training that begins with these weights."""
    session = Session(config, splits, "cpu", start=start)
    losses: list[float] = []
    scores: list[float] = []
    for epoch in range(config.budget.epochs + 1):
        if epoch:
            _epoch(session)
        if epoch in SEEN:
            with session.evaluating() as model:
                loss, score = evaluate(session, session.val, model)
            losses.append(float(loss))
            scores.append(float(score))
    return Curve(losses=(tuple(losses),), scores=(tuple(scores),))


def _epoch(session: Session) -> None:
    session.freeze()
    for rows in session.batches()[: session.steps]:
        session.take_step(rows)
        session.batch += 1
    session.epoch, session.batch = session.epoch + 1, 0
    if session.scheduling.epoch is not None:
        session.scheduling.epoch(float("nan"))
