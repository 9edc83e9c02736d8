"""What is watched while a network trains: losses on fixed rows, and the inside of the network layer by layer.

Everything is computed on the device and fetched in one transfer a report. The gradient is that of the mini-batch the
report falls on, before clipping. On request, on the probe: sharpness, the largest eigenvalue of the Hessian (Lanczos
with Hessian-vector products; Pearlmutter, 1994); the simple gradient noise scale (McCandlish et al., 2018,
arXiv:1812.06162, appendix A.1); the cosine of the gradients before and after one step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from networks.activations import ACTIVATIONS
from networks.construction import activation_key
from networks.types import SATURATED, SHUT
from trainers import foreach
from trainers.foreach import squared_lengths
from trainers.report import Internals

if TYPE_CHECKING:
    from trainers.session import DevicePart, Session

PROBE_ROWS = 2048  # training rows of the reported loss
INSIDE_ROWS = 512  # rows of the layer statistics and of all that is on request
SATURATED_ROWS = 0.9
LANCZOS_STEPS = 20
NOISE_BATCH = 32


def evaluate(session: Session, part: DevicePart, model: nn.Module) -> tuple[Tensor, Tensor]:
    """(loss, metric) over all rows, on the device: accuracy, or R^2 in a regression. ``model`` is in eval mode."""
    size = 1024 if part.inputs.ndim > 2 else 8192
    loss = torch.zeros((), device=part.inputs.device)
    hits = torch.zeros((), device=part.inputs.device)
    with torch.no_grad():
        for x, y in zip(part.inputs.split(size), part.targets.split(size), strict=True):
            outputs = model(x)
            loss += session.losses(outputs, y, "mean") * len(x)
            hits += (predicted(outputs) == y).sum() if session.classes else (outputs - y).square().sum()
        if session.classes:
            return loss / len(part), hits / len(part)
        spread = (part.targets - part.targets.mean()).square().sum()
        return loss / len(part), 1 - hits / spread


def predicted(outputs: Tensor) -> Tensor:
    """The class of each row; a single logit says no or yes."""
    return (outputs[:, 0] > 0).long() if outputs.shape[1] == 1 else outputs.argmax(1)


def baseline_loss(session: Session) -> float:
    """The training loss of the best constant prediction: class shares, or the mean (the median for MAE)."""
    targets = session.train.targets
    with torch.no_grad():
        if session.classes:
            shares = torch.bincount(targets, minlength=session.classes).float() / len(targets)
            smoothing = session.config.loss.get("label_smoothing", 0.0)
            shares = (shares * (1 - smoothing) + smoothing / session.classes).clamp_min(1e-12)
            logits = (shares / (1 - shares)).clamp(1e-12, 1e12).log() if session.loss.key == "bce" else shares.log()
            outputs = logits[1:] if session.outputs == 1 else logits
        else:
            outputs = targets.median(0).values if session.loss.key == "mae" else targets.mean(0)
        return float(session.losses(outputs.expand(len(targets), session.outputs), targets, "mean"))


class Layers:
    """The layers of a model: its modules that own weights with two or more axes, in the order the signal meets them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        model = session.model
        owners: dict[int, tuple[str, nn.Module]] = {}
        for name, module in model.named_modules():
            if isinstance(module, nn.Linear | nn.Conv2d | nn.RNNBase):
                owners[id(module)] = (name, module)
        position = {id(p): number for number, p in enumerate(session.parameters)}
        self.modules = [module for _, module in owners.values()]
        self.names = tuple(name for name, _ in owners.values())
        self.weights = [
            [position[id(p)] for p in module.parameters() if p.ndim > 1 and id(p) in position]
            for module in self.modules
        ]
        self.sizes = tuple(sum(session.parameters[i].numel() for i in group) for group in self.weights)
        self.of_module = {id(module): number for number, module in enumerate(self.modules)}
        tails: dict[str, tuple[float, float, float, float]] = {}
        self.activations: dict[int, tuple[float, float, float, float]] = {}
        for module in model.modules():
            key = activation_key(module)
            if key is None:
                continue
            if key not in tails:
                entry = ACTIVATIONS[key]
                hyper = entry.choose()
                flat = entry.tails(hyper, SATURATED) if entry.saturates == "both" else (-math.inf, math.inf)
                tails[key] = (*flat, *entry.tails(hyper, SHUT))
            self.activations[id(module)] = tails[key]

    def grouped(self, squares: Sequence[Tensor]) -> list[Tensor]:
        """Lengths by layer from squared lengths by parameter."""
        zero = squares[0].new_zeros(())
        return [sum((squares[i] for i in group), zero).sqrt() for group in self.weights]

    @torch.no_grad()
    def activity(self, model: nn.Module, inputs: Tensor) -> list[list[Tensor | None]]:
        """[spread, dead share, saturated share] of each layer on these rows; ``model`` is in eval mode."""
        found: list[list[Tensor | None]] = [[None, None, None] for _ in self.modules]
        last = [-1]

        def after_layer(module: nn.Module, _: Any, output: Any) -> None:
            last[0] = self.of_module[id(module)]
            values = output[0] if isinstance(output, tuple) else output
            found[last[0]][0] = values.std()
            if isinstance(module, nn.RNN) and module.nonlinearity == "tanh":
                found[last[0]][2] = _mostly(values.abs() > 0.97)

        def after_activation(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            if last[0] < 0:
                return
            flat_low, flat_high, shut_low, shut_high = self.activations[id(module)]
            row, z = found[last[0]], args[0]
            row[0] = output.std()
            if math.isfinite(shut_low) or math.isfinite(shut_high):
                row[1] = _always((z <= shut_low) | (z >= shut_high))
            if math.isfinite(flat_low):
                row[2] = _mostly((z <= flat_low) | (z >= flat_high))

        with ExitStack() as hooks:
            for module in self.modules:
                hooks.callback(module.register_forward_hook(after_layer).remove)
            for module in model.modules():
                if id(module) in self.activations:
                    hooks.callback(module.register_forward_hook(after_activation).remove)
            model(inputs)
        return found


def _units_first(flags: Tensor) -> Tensor:
    """``(units, everything else)``: channels of an image, the last axis of anything else."""
    return flags.transpose(0, 1).flatten(1) if flags.ndim == 4 else flags.flatten(0, -2).T


def _always(flags: Tensor) -> Tensor:
    return _units_first(flags).all(1).float().mean()


def _mostly(flags: Tensor) -> Tensor:
    return (_units_first(flags).float().mean(1) >= SATURATED_ROWS).float().mean()


class Inside:
    """Gradient, update and activity of one step: ``before`` it, ``gradient`` within it, ``after`` it."""

    def __init__(self, layers: Layers) -> None:
        self.layers, self.parameters = layers, layers.session.parameters
        self.old: list[Tensor] = []
        self.gradients: Sequence[Tensor] = ()

    @torch.no_grad()
    def before(self) -> None:
        self.old = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def gradient(self) -> None:
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        self.gradients = squared_lengths(grads)

    @torch.no_grad()
    def after(
        self, model: nn.Module, inputs: Tensor
    ) -> tuple[list[Tensor], Callable[[Sequence[float]], tuple[float, Internals]]]:
        """Tensors to fetch, and what makes the internals (and the gradient's whole length) of their numbers."""
        layers = self.layers
        updates = squared_lengths(foreach.differences(self.parameters, self.old))
        weights = squared_lengths(self.old)
        starts = layers.session.starts
        ways = squared_lengths(foreach.differences(self.parameters, starts))
        lengths = squared_lengths(starts)
        activity = layers.activity(model, inputs)
        count = len(layers.modules)
        columns = [layers.grouped(squares) for squares in (self.gradients, updates, weights, ways, lengths)]
        present = [(row, column) for row in range(count) for column in range(3) if activity[row][column] is not None]
        whole = torch.stack(list(self.gradients)).sum().sqrt()
        tensors = [whole, *(value for column in columns for value in column)]
        tensors += [value for row, column in present if (value := activity[row][column]) is not None]

        def read(numbers: Sequence[float]) -> tuple[float, Internals]:
            grad, update, weight, way, length = (numbers[1 + i * count : 1 + (i + 1) * count] for i in range(5))
            active: list[list[float | None]] = [[None] * count for _ in range(3)]
            for (row, column), value in zip(present, numbers[1 + 5 * count :], strict=True):
                active[column][row] = value
            return numbers[0], Internals(
                layers=layers.names,
                sizes=layers.sizes,
                grad_norm=tuple(grad),
                update_ratio=tuple(_ratio(u, w) for u, w in zip(update, weight, strict=True)),
                weight_norm=tuple(weight),
                activation_std=tuple(active[0]),
                dead_share=tuple(active[1]),
                saturated_share=tuple(active[2]),
                distance=tuple(_ratio(w, n) for w, n in zip(way, length, strict=True)),
            )

        return tensors, read


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None


@contextmanager
def differentiable_twice() -> Iterator[None]:
    """Fused attention and cuDNN's recurrent layers have no second derivative."""
    with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
        yield


def probe_gradient(session: Session, part: DevicePart, *, create_graph: bool = False) -> list[Tensor]:
    """The gradient of the mean loss on these rows, in eval mode."""
    loss = session.losses(session.model(part.inputs), part.targets, "mean")
    grads = torch.autograd.grad(loss, session.parameters, create_graph=create_graph, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(session.parameters, grads, strict=True)]


def curvature(session: Session, part: DevicePart) -> tuple[float, float]:
    """(largest, smallest) eigenvalue of the Hessian on these rows, as far as 20 Lanczos steps see them.

    The start vector is drawn from a generator of its own, so that watching changes nothing.
    """
    parameters = session.parameters
    sizes = [p.numel() for p in parameters]
    steps = min(LANCZOS_STEPS, sum(sizes))
    generator = torch.Generator().manual_seed(0)
    vector = torch.randn(sum(sizes), generator=generator).to(session.device)
    vector /= vector.norm()
    with session.evaluating(average=False), differentiable_twice(), torch.enable_grad():
        grads = probe_gradient(session, part, create_graph=True)
        flat = torch.cat([g.reshape(-1) for g in grads])
        basis: list[Tensor] = []
        diagonal: list[Tensor] = []
        beside: list[Tensor] = []
        for _ in range(steps):
            basis.append(vector)
            products = (
                torch.autograd.grad(flat, parameters, vector, retain_graph=True, allow_unused=True)
                if flat.requires_grad
                else []
            )
            image = (
                torch.cat(
                    [
                        torch.zeros_like(p).reshape(-1) if g is None else g.reshape(-1)
                        for p, g in zip(parameters, products, strict=False)
                    ]
                )
                if products
                else torch.zeros_like(vector)
            )
            diagonal.append(vector @ image)
            stacked = torch.stack(basis)
            for _ in range(2):  # twice is enough for orthogonality in single precision
                image = image - stacked.T @ (stacked @ image)
            length = image.norm()
            beside.append(length)
            vector = image / length.clamp_min(1e-30)
    numbers = torch.stack([*diagonal, *beside]).cpu().double()
    alphas, betas = numbers[:steps], numbers[steps:-1]
    # A length of almost nothing ends the space that the start vector reaches.
    small = (betas <= 1e-6 * alphas.abs().max()).nonzero()
    if len(small):
        steps = int(small[0]) + 1
        alphas, betas = alphas[:steps], betas[: steps - 1]
    if not torch.isfinite(numbers).all():
        return math.nan, math.nan
    tridiagonal = torch.diag(alphas) + torch.diag(betas, 1) + torch.diag(betas, -1)
    values = torch.linalg.eigvalsh(tridiagonal)
    return float(values[-1]), float(values[0])


def noise_scale(session: Session, part: DevicePart) -> float | None:
    """tr(Sigma) / |G|^2: the batch size at which noise and signal of the gradient are equally large.

    From the gradients of batches of 32 and of all of them together, both squares corrected for their bias; None where
    there are fewer than two batches, or where the signal is lost in the noise.
    """
    batches = len(part) // NOISE_BATCH
    if batches < 2:
        return None
    small = torch.zeros((), device=session.device)
    total: Sequence[Tensor] | None = None
    with session.evaluating(average=False):
        for number in range(batches):
            piece = slice(number * NOISE_BATCH, (number + 1) * NOISE_BATCH)
            grads = probe_gradient(session, type(part)(inputs=part.inputs[piece], targets=part.targets[piece]))
            small += torch.stack(list(squared_lengths(grads))).sum()
            total = grads if total is None else foreach.added(total, grads)
    assert total is not None
    large = torch.stack(list(squared_lengths(total))).sum() / batches**2
    few, many = NOISE_BATCH, NOISE_BATCH * batches
    mean_small = small / batches
    signal = (many * large - few * mean_small) / (many - few)
    noise = (mean_small - large) / (1 / few - 1 / many)
    signal, noise = float(signal), float(noise)
    return noise / signal if signal > 0 and math.isfinite(noise) else None


def cosine(first: Sequence[Tensor], second: Sequence[Tensor]) -> float:
    """The cosine between two gradients; NaN where one is zero."""
    inner = sum((a * b).sum() for a, b in zip(first, second, strict=True))
    lengths = [torch.stack(list(squared_lengths(grads))).sum().sqrt() for grads in (first, second)]
    return float(inner / (lengths[0] * lengths[1]))
