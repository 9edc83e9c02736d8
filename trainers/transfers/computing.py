"""The trainings of a study of transfer: a network has learned something, then each way learns the second task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from settings import Settings
from trainers.config import RunConfig
from trainers.data import Progress, Splits, load
from trainers.loop import Checkpoint, Session, evaluate, own_random_numbers
from trainers.transfers.pretrained_request import PretrainedRequest
from trainers.transfers.request import SEEN, AnyRequest, TasksRequest, TransferRequest
from trainers.transfers.study import Curve, Study
from trainers.transfers.two_tasks import train_alone, train_shared

Loader = Callable[[Settings, Progress], Splits]
Told = Callable[[Study, str], None]
"""Called before each training with what there is so far and a sentence; what it raises ends the work."""


def compute_study(
    request: AnyRequest,
    told: Told,
    before: Study | None = None,
    *,
    start: Checkpoint | None = None,
    device: str = "cpu",
    load: Loader = load,
) -> Study:
    """Every training of a study. before: what an earlier work on the same request had come to. start: the weights of
    the run that it names. device: of a pre-trained network; small ones are trained on the CPU, best on one thread.
    load: what gives the rows where they may be downloaded.
    """
    keys = request.keys()
    study = Study(epochs=request.seen, total=len(keys))
    if before is not None and before.epochs == request.seen:
        study = replace(study, curves={key: curve for key, curve in before.curves.items() if key in keys})

    def tell(words: str = "", share: float | None = None) -> None:
        told(study, words or f"{len(study.curves)} of {len(keys)} networks are trained.")

    train = _trainer(request, tell, start, device, load)
    with own_random_numbers(device):
        for key in keys:
            if key not in study.curves:
                tell()
                study = study.having(key, train(*key))
    return study


def _trainer(
    request: AnyRequest, tell: Progress, start: Checkpoint | None, device: str, load: Loader
) -> Callable[[str, int, int], Curve]:
    """What trains one network of a study, by way, number of rows and seed."""
    if isinstance(request, TasksRequest):
        return lambda way, rows, seed: (train_shared if way == "shared" else train_alone)(request, seed)
    if isinstance(request, PretrainedRequest):
        from trainers.transfers.pretrained import PretrainedStudy

        pretrained = PretrainedStudy(request, device, tell, load)
        return lambda way, rows, seed: pretrained.curve(way, rows, seed, lambda: tell("", None))
    return _Transfers(request, tell, start, load).curve


class _Transfers:
    """Trainings whose ways differ in what they begin with: the network of the first task, or a run's."""

    def __init__(self, request: TransferRequest, tell: Progress, start: Checkpoint | None, load: Loader) -> None:
        self.request, self.tell, self.load = request, tell, load
        self.run = None if start is None else RunConfig.from_json(start.state["config"])
        self.starts = {} if start is None else dict.fromkeys(range(request.seeds), start)
        self.loaded: tuple[Settings, Splits] | None = None

    def curve(self, way: str, rows: int, seed: int) -> Curve:
        start = None
        if way != "scratch":
            if seed not in self.starts:
                self.starts[seed] = _learned(self.request.source(seed), self.tell, self.load)
            start = self.starts[seed]
        config = self.request.target(way, rows, seed, self.run)
        if self.loaded is None or self.loaded[0] != config.data:  # all ways have the same rows
            self.loaded = config.data, self.load(config.data, self.tell)
        return trained_curve(config, self.loaded[1], start)


def _learned(config: RunConfig, tell: Progress, load: Loader) -> Checkpoint:
    """A network at the end of its epochs, as a checkpoint."""
    session = Session(config, load(config.data, tell), "cpu")
    for epoch in range(config.budget.epochs):
        tell(f"The first task is learned: epoch {epoch + 1} of {config.budget.epochs}.", None)
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
