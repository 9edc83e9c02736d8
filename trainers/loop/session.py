"""A run set up on its device: data, model, optimizer, schedule, and the one function that takes a step.

Nothing in a step waits for the device. The order of the rows in an epoch depends on seed and epoch alone, so a run can
go on in the middle of an epoch as if it had never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from networks.construction import activation_key, rescale
from networks.feedforward import Maxout
from networks.models import MIXES_ROWS, MODELS
from trainers.config import (
    LOSSES,
    OPTIMIZERS,
    RunConfig,
    asked_for,
    build_optimizers,
    build_schedule,
    fan_in_shares,
    frozen_layers,
    rate_shares,
    same_targets,
)
from trainers.data import DataUnavailable, Part, Splits
from trainers.loop import foreach
from trainers.loop.augmentation import augmentation, black_and_white
from trainers.loop.checkpoint import Checkpoint, CheckpointMismatch, pack, unpack
from trainers.loop.layers.penalties import (
    Shaken,
    from_orthogonal,
    is_length,
    orthogonal_gradient,
    shake_,
    shorten_,
    squared_slopes,
)
from trainers.loop.layers.reuse import begin_with, keep_still, layers_of, set_frozen
from trainers.loop.randomness import random_state, set_random_state
from trainers.loop.sharpness_aware import uphill

LSUV_ROWS = 512


@dataclass(frozen=True, kw_only=True)
class DevicePart:
    """Rows on the device: inputs ``(rows, *shape)``, targets ``(rows,)`` or ``(rows, 1)``."""

    inputs: Tensor = field(repr=False)
    targets: Tensor = field(repr=False)

    def __len__(self) -> int:
        return len(self.inputs)

    def first(self, rows: int) -> DevicePart:
        """The first rows; they are in random order already."""
        return self if rows >= len(self) else DevicePart(inputs=self.inputs[:rows], targets=self.targets[:rows])


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What a checkpoint holds: weights and buffers by name, their average, what each optimizer remembers of each
    parameter by its number, the generators' states, and ``standing``, plain values that say where the run is."""

    weights: Mapping[str, Tensor] = field(repr=False)
    average: Sequence[Tensor] = field(repr=False)
    remembered: Sequence[Mapping[int, Any]] = field(repr=False)
    random: Mapping[str, Tensor] = field(repr=False)
    standing: Mapping[str, Any] = field(repr=False)


def place(part: Part, device: str) -> DevicePart:
    """Move rows to a device."""
    return DevicePart(
        inputs=torch.from_numpy(part.inputs).to(device), targets=torch.from_numpy(part.targets).to(device)
    )


def epoch_order(seed: int, epoch: int, rows: int) -> Tensor:
    """The order of the training rows in one epoch, on the CPU."""
    generator = torch.Generator().manual_seed((seed << 32) + epoch)
    return torch.randperm(rows, generator=generator)


class Session:
    """Everything a run needs between two steps; ``epoch`` passes and ``batch`` steps of the next one are done."""

    def __init__(
        self,
        config: RunConfig,
        splits: Splits,
        device: str,
        resume: Checkpoint | None = None,
        placed: tuple[DevicePart, DevicePart] | None = None,
        start: Checkpoint | None = None,
    ) -> None:
        """placed: training and validation rows on the device already, for sessions that share them. start: of the run
        whose weights this one begins with.
        """
        self.config, self.splits, self.device = config, splits, torch.device(device)
        self.text = config.to_json()
        self.classes = len(splits.classes)
        config.check_size(splits.shape, self.classes or None)
        self.train, self.val = placed or (place(splits.train, device), place(splits.val, device))
        self.loss = LOSSES[config.loss.name]
        self.outputs = self.loss.outputs(self.classes or None)
        torch.manual_seed(config.budget.seed)
        self.model = build_model(config, splits)
        if start is not None and resume is None:
            fitting = config.reuse.head == "fitting" and same_targets(
                RunConfig.from_json(start.state["config"]), config
            )
            begin_with(self.model, start, head=fitting)
        self.model.to(self.device)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        rows = len(self.train)
        mixes = config.model.get("normalization") in MIXES_ROWS
        if rows == 1 and mixes and splits.inputs == "vector":
            raise DataUnavailable("Batch normalization needs at least 2 training rows; this split leaves 1.")
        self.batch_size = min(config.budget.batch_size or rows, rows)
        self.steps = -(-rows // self.batch_size)
        # Batch normalization cannot see a single row: a last batch of one is left out.
        if rows % self.batch_size == 1 and mixes and self.steps > 1:
            self.steps -= 1
        self.rows_in_epoch = min(rows, self.steps * self.batch_size)
        self.epoch = self.batch = self.steps_elsewhere = 0
        regularization = config.regularization
        self.layers, self.frozen = layers_of(self.model), 0
        shares = rate_shares(config.reuse, len(self.layers))
        share_of = {id(p): share for layer, share in zip(self.layers, shares, strict=True) for p in layer.parameters}
        self.shares = [share_of[id(p)] for p in self.parameters]
        by_inputs = fan_in_shares(config.optimizer, self.parameters) or [1.0] * len(self.parameters)
        self.optimizers = build_optimizers(
            config.optimizer,
            self.parameters,
            l2=regularization.l2,
            decay=regularization.weight_decay,
            device=self.device.type,
            shares=[a * b for a, b in zip(self.shares, by_inputs, strict=True)],
        )
        self.average: list[Tensor] | None = None
        self.starts = [p.detach().clone() for p in self.parameters]
        if resume is not None:
            self._restore_weights(resume)
        if regularization.ema and self.average is None:
            self.average = [p.detach().clone() for p in self.parameters]
        done = self.epoch * self.steps + self.batch
        self.scheduling = build_schedule(
            self.optimizers, config.schedule, config.optimizer.lr, config.budget.epochs, self.steps, done
        )
        if resume is not None:
            self._restore_rates(resume)
        self.take_step = make_step(self)
        self._order: tuple[int, Sequence[Tensor]] = (-1, ())

    @property
    def step(self) -> int:
        """Steps taken; those before a fork, in batches of another size, are counted too."""
        return self.steps_elsewhere + self.epoch * self.steps + self.batch

    @property
    def passes(self) -> float:
        """Epochs done, with the part of the current one."""
        return self.epoch + self.batch / self.steps

    @property
    def rows_done(self) -> int:
        """Rows that went through a step."""
        return self.epoch * self.rows_in_epoch + self.batch * self.batch_size

    @property
    def lr(self) -> float:
        """The rate of the next step, that of the last layer where each has its own."""
        return float(self.optimizers[0].param_groups[0]["lr"])

    def freeze(self) -> None:
        """Let those layers stand still that are to in the epoch that begins now; ``take_step`` is for that epoch."""
        frozen = frozen_layers(self.config.reuse, len(self.layers), self.epoch)
        if frozen != self.frozen:
            self.frozen = frozen
            set_frozen(self.layers, frozen)
            self.model.train()
            keep_still(self.layers[:frozen])
            self.take_step = make_step(self)

    def batches(self) -> Sequence[Tensor]:
        """The rows of each batch of this epoch, on the device; one batch of all rows keeps them in their place."""
        if self._order[0] != self.epoch:
            if self.steps == 1:
                self._order = (self.epoch, (torch.empty(0),))
            else:
                order = epoch_order(self.config.budget.seed, self.epoch, len(self.train))
                self._order = (self.epoch, order.to(self.device, non_blocking=True).split(self.batch_size))
        return self._order[1]

    def losses(self, outputs: Tensor, targets: Tensor, reduction: str = "none") -> Tensor:
        """The loss of each row, or their mean."""
        return self.loss.compute(outputs, targets, self.config.loss, reduction)

    @contextmanager
    def evaluating(self, *, average: bool = True) -> Iterator[nn.Module]:
        """The model in eval mode, with averaged weights where there are such; afterwards all is as before.

        Frozen layers have a gradient in here, so that what is measured is the same whatever learns.
        """
        own: list[Tensor] = []
        self.model.eval()
        still = [p for layer in self.layers[: self.frozen] for p in layer.parameters]
        for parameter in still:
            parameter.requires_grad_(True)
        try:
            if average and self.average is not None:
                with torch.no_grad():
                    own = [p.detach().clone() for p in self.parameters]
                    foreach.copy_(self.parameters, self.average)
            yield self.model
        finally:
            if own:
                with torch.no_grad():
                    foreach.copy_(self.parameters, own)
            for parameter in still:
                parameter.requires_grad_(False)
            self.model.train()
            keep_still(self.layers[: self.frozen])

    def checkpoint(self, extra: dict[str, Any]) -> Checkpoint:
        """This moment. ``extra`` is what the loop wants back on the way in."""
        moment = Moment(
            weights=self.model.state_dict(),
            average=self.average or (),
            remembered=[self._state_by_parameter(optimizer) for optimizer in self.optimizers],
            random=random_state(self.device),
            standing=self.standing(),
        )
        return self.packed(moment, extra)

    def standing(self) -> dict[str, Any]:
        """Where the run stands: position, rates, and what its schedule has seen."""
        watching = [
            {name: getattr(scheduler, name) for name in ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")}
            for scheduler in self.scheduling.plateau or ()
        ]
        return {
            "epoch": self.passes,
            "step": self.step,
            "position": [self.epoch, self.batch],
            "rates": [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers],
            "watching": watching,
        }

    def packed(self, moment: Moment, extra: dict[str, Any]) -> Checkpoint:
        """A moment of this run as a checkpoint; everything in it is copied."""
        tensors: dict[str, Tensor] = {}
        for name, tensor in moment.weights.items():
            tensors[f"model.{name}"] = tensor.detach().to("cpu", copy=True).contiguous()
        for number, tensor in enumerate(moment.average):
            tensors[f"average.{number}"] = tensor.to("cpu", copy=True).contiguous()
        for number, tensor in enumerate(self.starts):
            tensors[f"start.{number}"] = tensor.cpu()  # nothing writes to it
        packed = [
            pack(remembered, f"optimizer.{number}", tensors) for number, remembered in enumerate(moment.remembered)
        ]
        for name, tensor in moment.random.items():
            tensors[f"random.{name}"] = tensor
        state = {"config": self.text, **moment.standing, "optimizer": packed, "extra": extra}
        return Checkpoint(tensors=tensors, state=state)

    def _order_in(self, optimizer: torch.optim.Optimizer) -> list[int]:
        """The number of each parameter in the order of the optimizer's groups, which changes with what is decayed."""
        number = {id(parameter): i for i, parameter in enumerate(self.parameters)}
        return [number[id(parameter)] for group in optimizer.param_groups for parameter in group["params"]]

    def _state_by_parameter(self, optimizer: torch.optim.Optimizer) -> dict[int, Any]:
        state, order = optimizer.state_dict()["state"], self._order_in(optimizer)
        return {order[place]: kept for place, kept in state.items()}

    def _restore_weights(self, resume: Checkpoint) -> None:
        before = RunConfig.from_json(resume.state["config"])
        tensors = resume.tensors
        weights = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")}
        shapes = {name: tensor.shape for name, tensor in self.model.state_dict().items()}
        if {name: tensor.shape for name, tensor in weights.items()} != shapes:
            raise CheckpointMismatch("The checkpoint is of another model; a changed model starts from the beginning.")
        self.model.load_state_dict(weights)
        starts = [tensors[f"start.{number}"] for number in range(len(self.parameters))]
        self.starts = [tensor.to(self.device) for tensor in starts]
        if self.config.regularization.ema and "average.0" in tensors:
            self.average = [tensors[f"average.{number}"].to(self.device) for number in range(len(self.parameters))]
        if before.optimizer.name == self.config.optimizer.name:
            for optimizer, packed in zip(self.optimizers, resume.state["optimizer"], strict=True):
                groups = optimizer.state_dict()["param_groups"]
                by_parameter = unpack(packed, tensors)
                state = {
                    place: by_parameter[n] for place, n in enumerate(self._order_in(optimizer)) if n in by_parameter
                }
                optimizer.load_state_dict({"state": state, "param_groups": groups})
        self.epoch, self.batch = resume.state["position"]
        same_rows = before.data == self.config.data and before.budget.batch_size == self.config.budget.batch_size
        if not same_rows or before.budget.seed != self.config.budget.seed:
            self.batch = 0
        self.steps_elsewhere = resume.step - self.epoch * self.steps - self.batch
        if before.budget.seed == self.config.budget.seed:
            set_random_state(self.device, {name[7:]: t for name, t in tensors.items() if name.startswith("random.")})

    def _restore_rates(self, resume: Checkpoint) -> None:
        before = RunConfig.from_json(resume.state["config"])
        if not self.scheduling.plateau or before.schedule != self.config.schedule or not resume.state["watching"]:
            return
        ratio = self.config.optimizer.lr / before.optimizer.lr if before.optimizer.lr else 1.0
        for scheduler, kept in zip(self.scheduling.plateau, resume.state["watching"], strict=False):
            for name, value in kept.items():
                setattr(scheduler, name, value)
        for optimizer, rates in zip(self.optimizers, resume.state["rates"], strict=False):
            for group, rate in zip(optimizer.param_groups, rates, strict=False):
                group["lr"] = rate * ratio if ratio != 1 else rate


def build_model(config: RunConfig, splits: Splits) -> nn.Module:
    """The network at its start, on the CPU, from PyTorch's global generator; LSUV sees training rows."""
    outputs = LOSSES[config.loss.name].outputs(len(splits.classes) or None)
    model = MODELS[config.model.name].build(config.model, splits.shape, outputs)
    if config.model.initializer == "lsuv":
        rescale(model, torch.from_numpy(splits.train.inputs[:LSUV_ROWS]), config.model.init_scale)
    if noise := config.regularization.activity_noise:
        for module in model.modules():
            if activation_key(module) is not None or isinstance(module, Maxout):
                module.register_forward_hook(Shaken(noise))
    return model


def make_step(session: Session) -> Callable[..., Tensor]:
    """``step(rows, seen=None) -> loss``: one update on these rows.

    ``seen`` is called when the gradient is there, before clipping and penalties. The loss is a tensor on
    the device that nobody has waited for.
    """
    config, model = session.config, session.model
    parameters = [p for p in session.parameters if p.requires_grad]
    inputs, targets, whole = session.train.inputs, session.train.targets, session.steps == 1
    ends = None
    if session.splits.inputs == "image" and asked_for(config.augmentation):
        black, white = black_and_white(session.splits.train.inputs, session.splits.shift, session.splits.scale)
        ends = black.to(session.device), white.to(session.device)
    augment = augmentation(config.augmentation, session.classes, ends)
    entry, regularization = OPTIMIZERS[config.optimizer.name], config.regularization
    compute, values = session.loss.compute, config.loss
    steppers = [optimizer.step for optimizer in session.optimizers]
    weights = [p for p in parameters if p.ndim > 1]
    matrices = [p for name, p in model.named_parameters() if p.requires_grad and p.ndim > 1 and not is_length(name)]
    of_share = _by_share(session, weights)
    decay, ema, sam = regularization.weight_decay, regularization.ema, regularization.sam
    # L1 is a part of the gradient, or a step of its own after the optimizer's.
    l1, shrink = (0.0, regularization.l1) if regularization.proximal else (regularization.l1, 0.0)
    l2 = 0.0 if entry.decays == "l2" else regularization.l2
    decay = 0.0 if entry.decays == "decoupled" else decay
    clip_norm, clip_value = regularization.clip_norm, regularization.clip_value
    advance = session.scheduling.step
    jacobian, orthogonality = regularization.jacobian, regularization.orthogonality
    max_norm, weight_noise = regularization.max_norm, regularization.weight_noise
    touches_gradient = bool(l1 or l2 or clip_norm or clip_value or orthogonality) and not entry.closure

    def drawn(rows: Tensor) -> tuple[Tensor, Tensor]:
        x, y = (inputs, targets) if whole else (inputs.index_select(0, rows), targets.index_select(0, rows))
        return (x, y) if augment is None else augment(x, y)

    def forward(rows: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of these rows, and the loss with the penalty on slopes."""
        for parameter in parameters:
            parameter.grad = None
        x, y = drawn(rows)
        if jacobian:
            x = x.detach().requires_grad_()
        outputs = model(x)
        loss = compute(outputs, y, values, "mean")
        return loss, loss + jacobian / 2 * squared_slopes(outputs, x).mean() if jacobian else loss

    def noisy(rows: Tensor) -> Tensor:
        """The same with noise on the weights, backward included: the gradient is that of the noisy weights."""
        with torch.no_grad():
            before = shake_(weights, weight_noise)
        loss, more = forward(rows)
        more.backward()
        with torch.no_grad():
            foreach.copy_(weights, before)
        return loss

    def twice(rows: Tensor, seen: Callable[[], None] | None) -> Tensor:
        """SAM: the gradient uphill of the one that is seen, on the same rows and one draw of dropout."""
        for parameter in parameters:
            parameter.grad = None
        x, y = drawn(rows)
        random = random_state(session.device)
        loss = compute(model(x), y, values, "mean")
        loss.backward()
        if seen is not None:
            seen()
        with uphill(model, parameters, sam):
            for parameter in parameters:
                parameter.grad = None
            set_random_state(session.device, random)
            compute(model(x), y, values, "mean").backward()
        return loss

    @torch.no_grad()
    def change_gradient() -> None:
        if clip_value:
            torch.nn.utils.clip_grad_value_(parameters, clip_value)
        if clip_norm:
            torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
        gradients = [p.grad for p in weights if p.grad is not None]
        if l2:
            foreach.add_(gradients, weights, l2)
        if l1:
            foreach.add_(gradients, foreach.signs(weights), l1)
        if orthogonality:
            some = [matrix for matrix in matrices if matrix.grad is not None]
            pulls = [orthogonal_gradient(matrix.flatten(1)).view_as(matrix) for matrix in some]
            foreach.add_([matrix.grad for matrix in some if matrix.grad is not None], pulls, orthogonality)

    def closing(rows: Tensor, seen: Callable[[], None] | None) -> Tensor:
        """L-BFGS: the loss with its penalties is evaluated as often as the line search asks, on one draw of dropout."""
        random = random_state(session.device)
        first: list[Tensor] = []

        def closure() -> Tensor:
            set_random_state(session.device, random)
            plain, loss = forward(rows)
            plain = plain.detach()
            if l2:
                loss = loss + l2 / 2 * sum(weight.square().sum() for weight in weights)
            if l1:
                loss = loss + l1 * sum(weight.abs().sum() for weight in weights)
            if orthogonality:
                loss = loss + orthogonality * sum(from_orthogonal(matrix.flatten(1)) for matrix in matrices)
            loss.backward()
            if not first:
                first.append(plain)
                if seen is not None:
                    seen()
            return loss

        for stepper in steppers:
            stepper(closure)  # pyright: ignore[reportArgumentType, reportCallIssue]
        return first[0]

    def step(rows: Tensor, seen: Callable[[], None] | None = None) -> Tensor:
        rate = session.lr if decay or shrink else 0.0
        if entry.closure:
            loss = closing(rows, seen)
        elif sam:
            loss = twice(rows, seen)
            if touches_gradient:
                change_gradient()
        else:
            if weight_noise:
                loss = noisy(rows)
            else:
                loss, more = forward(rows)
                more.backward()
            if seen is not None:
                seen()
            if touches_gradient:
                change_gradient()
        if decay:
            with torch.no_grad():
                for share, some in of_share:
                    foreach.multiply_(some, 1 - rate * share * decay)
        if not entry.closure:
            for stepper in steppers:
                stepper()
        if shrink:
            with torch.no_grad():
                for share, some in of_share:
                    foreach.shrink_(some, rate * share * shrink)
        if max_norm:
            with torch.no_grad():
                for weight in weights:
                    shorten_(weight, max_norm)
        if ema and session.average is not None:
            with torch.no_grad():
                foreach.lerp_(session.average, session.parameters, 1 - ema)
        if advance is not None:
            advance()
        return loss.detach()

    return step


def _by_share(session: Session, weights: Sequence[Tensor]) -> list[tuple[float, list[Tensor]]]:
    """The weights that learn at each share of the rate."""
    share_of = {id(p): share for p, share in zip(session.parameters, session.shares, strict=True)}
    shares = sorted({share_of[id(weight)] for weight in weights}, reverse=True)
    return [(share, [w for w in weights if share_of[id(w)] == share]) for share in shares]
