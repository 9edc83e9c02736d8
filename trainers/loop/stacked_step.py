"""One step of many networks at once: one gradient of all, moved by PyTorch's optimizer, each by its own rate.

An optimizer whose steps are the rate times what follows from the gradients is run at the rate one on zeros: what it
makes of them is the direction of every number, and each network goes along its own by its own rate. Penalties, decay
and clipping, which depend on a network's weights or rate, are done here network by network, in the order of a single
run.
"""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportCallIssue=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from networks.stacked import Stacked
from trainers.config import OPTIMIZERS, RunConfig, arguments_of
from trainers.loop.layers.penalties import is_length, orthogonal_gradient, shorten_, squared_slopes
from trainers.loop.session import Session


def inner_numbers(config: RunConfig) -> str:
    """What runs moved by one group of the optimizer have in common: all its numbers but the rate."""
    return repr(sorted((name, value) for name, value in config.optimizer.items() if name != "lr"))


class StackedStep:
    """The update of the networks of these sessions, of which those with equal ``inner_numbers`` stand side by side."""

    def __init__(self, sessions: Sequence[Session], network: Stacked) -> None:
        self.sessions, self.network = sessions, network
        self.parameters = list(network.parameters.values())
        device = self.parameters[0].device
        first = sessions[0]
        self.entry = OPTIMIZERS[first.config.optimizer.name]
        self.shadows = [torch.zeros_like(p, requires_grad=False) for p in self.parameters]
        averages = [session.average for session in sessions if session.average is not None]
        self.average = [torch.stack(each) for each in zip(*averages, strict=True)] or None
        starts: list[int] = [0]
        for number in range(1, len(sessions)):
            if inner_numbers(sessions[number].config) != inner_numbers(sessions[number - 1].config):
                starts.append(number)
        self.bounds = list(zip(starts, [*starts[1:], len(sessions)], strict=True))
        groups: list[dict[str, Any]] = []
        for start, end in self.bounds:
            values = {**sessions[start].config.optimizer, "lr": 1.0}
            arguments = arguments_of(values, l2=0.0, decay=0.0, device=device.type)
            groups.append({"params": [shadow[start:end] for shadow in self.shadows], **arguments})
        self.optimizer = getattr(torch.optim, self.entry.torch)(groups)
        self._restore()
        self._share_average()

        def numbers(pick: Callable[[RunConfig], float]) -> Tensor | None:
            each = [pick(session.config) for session in sessions]
            return torch.tensor(each, device=device) if any(each) else None

        self.l2 = numbers(lambda config: config.regularization.l2)
        self.decay = numbers(lambda config: config.regularization.weight_decay)
        self.l1 = numbers(lambda config: 0.0 if config.regularization.proximal else config.regularization.l1)
        self.shrink = numbers(lambda config: config.regularization.l1 if config.regularization.proximal else 0.0)
        self.jacobian = numbers(lambda config: config.regularization.jacobian)
        self.orthogonality = numbers(lambda config: config.regularization.orthogonality)
        longest = numbers(lambda config: config.regularization.max_norm)
        self.longest = None if longest is None else torch.where(longest > 0, longest, torch.inf)

    def _restore(self) -> None:
        """What each session's own optimizer remembers, side by side."""
        for (start, end), group in zip(self.bounds, self.optimizer.param_groups, strict=True):
            for place, shadow in enumerate(group["params"]):
                states = [
                    session.optimizers[0].state.get(session.parameters[place], {})
                    for session in self.sessions[start:end]
                ]
                if states[0]:
                    self.optimizer.state[shadow] = {
                        name: torch.stack([state[name] for state in states])
                        if isinstance(value, Tensor) and value.shape == shadow.shape[1:] and value.ndim
                        else value.clone()
                        if isinstance(value, Tensor)
                        else value
                        for name, value in states[0].items()
                    }

    def _share_average(self) -> None:
        if self.average is not None:
            for number, session in enumerate(self.sessions):
                session.average = [average[number] for average in self.average]

    def remembered(self, number: int) -> dict[int, dict[str, Any]]:
        """What the optimizer remembers of one network, by the number of the parameter: views, not copies."""
        group = next(i for i, (start, end) in enumerate(self.bounds) if start <= number < end)
        start = self.bounds[group][0]
        kept: dict[int, dict[str, Any]] = {}
        for place, shadow in enumerate(self.optimizer.param_groups[group]["params"]):
            state = self.optimizer.state.get(shadow, {})
            if state:
                kept[place] = {
                    name: value[number - start] if isinstance(value, Tensor) and value.shape == shadow.shape else value
                    for name, value in state.items()
                }
        return kept

    def hand_back(self) -> None:
        """Give each session's own optimizer what is remembered of it, so that another stack can be made of some."""
        for number, session in enumerate(self.sessions):
            for place, state in self.remembered(number).items():
                session.optimizers[0].state[session.parameters[place]] = state

    def __call__(self, x: Tensor, y: Tensor, rates: Tensor, seen: Callable[[Sequence[Tensor]], None] | None) -> Tensor:
        """The loss of each network on its own rows ``(n, rows, *sample)``, before the step that it takes."""
        session, n = self.sessions[0], len(self.sessions)
        if self.jacobian is not None:
            x = x.detach().requires_grad_()
        outputs = self.network.forward(x, training=True)
        rows = session.losses(outputs.flatten(0, 1), y.flatten(0, 1), "none")
        losses = rows.view(n, -1).mean(1)
        # Fused kernels read weights, gradients and what they remember in one order.
        total = losses.sum()
        if self.jacobian is not None:
            total = total + (self.jacobian / 2 * squared_slopes(outputs, x).mean(1)).sum()
        gradients = [each.contiguous() for each in torch.autograd.grad(total, self.parameters)]
        with torch.no_grad():
            if seen is not None:
                seen(gradients)
            self._move(gradients, rates)
        return losses.detach()

    def _move(self, gradients: list[Tensor], rates: Tensor) -> None:
        regularization = self.sessions[0].config.regularization
        weights = [(p, g) for p, g in zip(self.parameters, gradients, strict=True) if p.ndim > 2]
        by_rule = self.entry.decays == "l2"
        if regularization.clip_value:
            torch._foreach_clamp_min_(gradients, -regularization.clip_value)
            torch._foreach_clamp_max_(gradients, regularization.clip_value)
        if regularization.clip_norm:
            squares = torch.stack([g.flatten(1).square().sum(1) for g in gradients]).sum(0)
            share = (regularization.clip_norm / (squares.sqrt() + 1e-6)).clamp(max=1.0)
            for gradient in gradients:
                gradient.mul_(_each(share, gradient))
        if self.l2 is not None and not by_rule:
            self._add_l2(weights, self.l2)
        if self.l1 is not None:
            for weight, gradient in weights:
                gradient.addcmul_(_each(self.l1, weight), weight.sign())
        if self.orthogonality is not None:
            lengths = {id(p) for name, p in self.network.parameters.items() if is_length(name)}
            for weight, gradient in weights:
                if id(weight) not in lengths:
                    gradient.addcmul_(_each(self.orthogonality, weight), orthogonal_gradient(weight))
        if self.decay is not None:
            for weight, _ in weights:
                weight.mul_(1 - _each(rates * self.decay, weight))
        if self.l2 is not None and by_rule:
            self._add_l2(weights, self.l2)
        torch._foreach_zero_(self.shadows)
        for (start, end), group in zip(self.bounds, self.optimizer.param_groups, strict=True):
            for shadow, gradient in zip(group["params"], gradients, strict=True):
                shadow.grad = gradient[start:end]
        self.optimizer.step()
        for parameter, shadow in zip(self.parameters, self.shadows, strict=True):
            parameter.addcmul_(shadow, _each(rates, parameter))
        if self.shrink is not None:
            for weight, _ in weights:
                away = weight.abs() - _each(rates * self.shrink, weight)
                weight.copy_(weight.sign() * away.clamp(min=0.0))
        if self.longest is not None:
            for weight, _ in weights:
                shorten_(weight, _each(self.longest, weight), unit_axis=1)
        if self.average is not None:
            torch._foreach_lerp_(self.average, self.parameters, 1 - regularization.ema)

    def _add_l2(self, weights: Sequence[tuple[Tensor, Tensor]], l2: Tensor) -> None:
        for weight, gradient in weights:
            gradient.addcmul_(_each(l2, weight), weight)


def _each(numbers: Tensor, beside: Tensor) -> Tensor:
    """``(n,)`` numbers, shaped to be multiplied with ``(n, *shape)``."""
    return numbers.view(-1, *[1] * (beside.ndim - 1))
