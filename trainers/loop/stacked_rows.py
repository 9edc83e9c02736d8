"""The rows and the rates of runs that are trained together: which each sees at a step, and how far it goes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor

from trainers.data import Splits
from trainers.loop.session import DevicePart, Session, epoch_order, place


class StackedRows:
    """Training and validation rows ``(sources, rows, ...)`` of all data sets, one copy of each on the device.

    Raises:
        ValueError: data of different sizes.
    """

    def __init__(self, splits: Sequence[Splits], device: str) -> None:
        parts = list({id(each): each for each in splits}.values())
        self._source = {id(each): number for number, each in enumerate(parts)}
        self._placed = [(place(each.train, device), place(each.val, device)) for each in parts]
        sizes = {(train.inputs.shape, val.inputs.shape) for train, val in self._placed}
        if len(sizes) > 1 or len({len(each.classes) for each in parts}) > 1:
            raise ValueError("the data of these runs have different sizes; only rows of one shape train together")
        self.train = _joined([train for train, _ in self._placed])
        self.val = _joined([val for _, val in self._placed])
        self._sessions: Sequence[Session] = ()

    def placed(self, splits: Splits) -> tuple[DevicePart, DevicePart]:
        """Training and validation rows of one data set, for a session."""
        return self._placed[self._source[id(splits)]]

    def arrange(self, sessions: Sequence[Session]) -> None:
        """From now on, rows are those of these sessions."""
        self._sessions, self._epoch = sessions, -1
        sources = [self._source[id(session.splits)] for session in sessions]
        self._sources = torch.tensor(sources, device=sessions[0].device)

    def batch(self, epoch: int, number: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of each network's batch, ``(n, rows, ...)``, in the order of each run by itself."""
        first = self._sessions[0]
        if first.steps == 1:
            return self.first(self.train)
        if self._epoch != epoch:
            rows, seeds = len(first.train), [session.config.budget.seed for session in self._sessions]
            orders = {seed: epoch_order(seed, epoch, rows) for seed in set(seeds)}
            order = torch.stack([orders[seed] for seed in seeds]).to(first.device) + self._sources[:, None] * rows
            self._batches, self._epoch = order.split(first.batch_size, 1), epoch
        index = self._batches[number]
        x = self.train.inputs.flatten(0, 1).index_select(0, index.flatten())
        y = self.train.targets.flatten(0, 1).index_select(0, index.flatten())
        return x.view(*index.shape, *x.shape[1:]), y.view(*index.shape, *y.shape[1:])

    def first(self, part: DevicePart, rows: int | None = None) -> tuple[Tensor, Tensor]:
        """The first rows of each network's data, ``(n, rows, ...)``; one copy where all share them."""
        inputs, targets = part.inputs[:, :rows], part.targets[:, :rows]
        if len(inputs) == 1:
            n = len(self._sessions)
            return inputs.expand(n, *inputs.shape[1:]), targets.expand(n, *targets.shape[1:])
        return inputs.index_select(0, self._sources), targets.index_select(0, self._sources)


class StackedRates:
    """``now``: the rate of each run's next step, ``(n,)``.

    Schedules are factors of the rate: that of one run moves for all, but those that watch each its own loss.
    """

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._leader = max(sessions, key=lambda each: each.config.optimizer.lr)
        self.watches_loss = bool(self._leader.scheduling.plateau)
        self.arrange(sessions)

    def arrange(self, sessions: Sequence[Session]) -> None:
        """From now on, rates are those of these sessions; the leader goes on to lead, whoever has left."""
        self._sessions = sessions
        rates = [session.config.optimizer.lr for session in sessions]
        self._bases = torch.tensor(rates, device=sessions[0].device)
        self._set()

    def of(self, session: Session) -> float:
        """The rate of a run's next step."""
        return session.lr if self.watches_loss else session.config.optimizer.lr * self._factor()

    def _factor(self) -> float:
        lead = self._leader.config.optimizer.lr
        return self._leader.lr / lead if lead else 1.0

    def _set(self) -> None:
        if self.watches_loss:
            self.now = torch.tensor([session.lr for session in self._sessions], device=self._bases.device)
        else:
            self.now = self._bases * self._factor()

    def settle(self) -> None:
        """Tell each session its rate."""
        for session in self._sessions if not self.watches_loss else ():
            if session is not self._leader:
                rate = self.of(session)
                for group in session.optimizers[0].param_groups:
                    group["lr"] = rate

    def advance(self, losses: Sequence[float] | None = None) -> None:
        """Move the rates after a step or, with the validation losses, after an epoch."""
        scheduling = self._leader.scheduling
        if (scheduling.step if losses is None else scheduling.epoch) is None:
            return
        with warnings.catch_warnings():
            # PyTorch warns of a scheduler whose optimizer has not moved; here another one moves in its place.
            warnings.simplefilter("ignore")
            for number, session in enumerate(self._sessions if self.watches_loss else [self._leader]):
                step, epoch = session.scheduling.step, session.scheduling.epoch
                if losses is None and step is not None:
                    step()
                elif losses is not None and epoch is not None:
                    epoch(losses[number])
        self._set()


def _joined(parts: Sequence[DevicePart]) -> DevicePart:
    """``(sources, rows, ...)``."""
    if len(parts) == 1:
        return DevicePart(inputs=parts[0].inputs[None], targets=parts[0].targets[None])
    return DevicePart(
        inputs=torch.stack([part.inputs for part in parts]), targets=torch.stack([part.targets for part in parts])
    )
