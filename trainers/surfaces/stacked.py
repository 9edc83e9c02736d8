"""Loss and metric of one network under many weights, which are evaluated together.

Fully connected networks take stacked weights as they are: a matrix product of one layer becomes one batched product
over all points. Convolutions and attention go through ``torch.func.vmap``. Recurrent layers know no stacked weights and
take one point after another. All three give what loading the weights of each point and evaluating gives, to rounding.
Networks are in eval mode: batch normalization uses its running statistics. On the CPU a chunk of points is small enough
to stay near a core, each core has chunks of its own, and the outputs of layers are written where earlier ones stood:
fresh memory costs more than the products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional
from torch.nn.utils.parametrizations import _WeightNorm
from torch.overrides import TorchFunctionMode

from networks.construction import Elementwise, activation_key
from networks.feedforward import MLP, Hidden, Powers
from trainers.loop import DevicePart, Session, differentiable_twice, measure_statistics, predicted
from trainers.surfaces.directions import Layout, Plane

_CACHE = 4_000_000  # bytes of the largest activation of a chunk: what a core keeps near
_LARGE = 512_000_000  # the same on a GPU, which is to be filled
_STACKS = (nn.ModuleDict, nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.BatchNorm1d, nn.Sequential, nn.Flatten)
_STACKS = (*_STACKS, nn.Dropout, _WeightNorm, MLP, Hidden, Powers, Elementwise)


class StackedLayers(TorchFunctionMode):
    """Layers whose weights have one axis more, that of the points: ``(points, rows, units)`` in and out.

    Outputs of linear layers alternate between two places of each shape; what follows a layer may be written over it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[tuple[int, ...], list[Tensor]] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is functional.linear:
            return self._linear(*args)
        replaced = _REPLACED.get(func)
        return func(*args, **(kwargs or {})) if replaced is None else replaced(*args, **(kwargs or {}))

    def _linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        inputs = x.expand(len(weight), *x.shape) if x.ndim == 2 else x
        shape = (len(weight), inputs.shape[1], weight.shape[1])
        places = self._places.setdefault(shape, [])
        if len(places) < 2:
            places.append(inputs.new_empty(shape))
        else:
            places.reverse()
        return torch.baddbmm(bias.unsqueeze(1), inputs, weight.transpose(1, 2), out=places[-1])


def _relu(x: Tensor, inplace: bool = False) -> Tensor:
    return x.relu_()


def _layer_norm(x: Tensor, shape: Any, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    plain = torch.native_layer_norm(x, shape, None, None, eps)[0]
    return torch.addcmul(bias.unsqueeze(1), plain, weight.unsqueeze(1))


def _rms_norm(x: Tensor, shape: Any, weight: Tensor, eps: float | None) -> Tensor:
    root = x.square().mean(-1, keepdim=True) + (torch.finfo(x.dtype).eps if eps is None else eps)
    return x * root.rsqrt() * weight.unsqueeze(1)


def _batch_norm(x: Tensor, mean: Tensor, var: Tensor, weight: Tensor, bias: Tensor, *_: Any, **more: Any) -> Tensor:
    eps = more.get("eps", _[-1] if _ else 1e-5)
    scale = weight * (var + eps).rsqrt()
    return torch.addcmul((bias - mean * scale).unsqueeze(1), x, scale.unsqueeze(1))


def _prelu(x: Tensor, weight: Tensor) -> Tensor:
    return torch.where(x > 0, x, x * weight.unsqueeze(1))


def _weight_norm(direction: Tensor, length: Tensor, dim: int) -> Tensor:
    return direction * (length / direction.norm(dim=-1, keepdim=True))


_REPLACED: Mapping[Any, Callable[..., Tensor]] = {
    functional.relu: _relu,
    torch.tanh: Tensor.tanh_,
    torch.sigmoid: Tensor.sigmoid_,
    functional.layer_norm: _layer_norm,
    functional.rms_norm: _rms_norm,
    functional.batch_norm: _batch_norm,
    functional.prelu: _prelu,
    torch.prelu: _prelu,
    torch._weight_norm: _weight_norm,  # pyright: ignore[reportPrivateImportUsage]  # what the module calls
}


def way_of(model: nn.Module) -> str:
    """How many weights of this model are evaluated: "products", "vmap" or "one"."""
    if any(isinstance(module, nn.RNNBase) for module in model.modules()):
        return "one"
    if all(map(_stacks, model.modules())):
        return "products"
    # PyTorch has no rule for many weight normalizations at once.
    return "one" if any(map(nn.utils.parametrize.is_parametrized, model.modules())) else "vmap"


def _stacks(module: nn.Module) -> bool:
    """Whether a module works on ``(points, rows, units)`` with the layers above."""
    if isinstance(module, nn.utils.parametrize.ParametrizationList):
        return len(module) == 1 and isinstance(module[0], _WeightNorm)
    kind = type(module).__bases__[0] if nn.utils.parametrize.is_parametrized(module) else type(module)
    return kind in _STACKS or activation_key(module) is not None


@dataclass(kw_only=True)
class Evaluation:
    """Evaluates a session's network under any weights. rows: at most so many of each part.

    anew: the running statistics of batch normalization are measured at every point, over the training rows, instead of
    taken from the weights: nobody has trained a network there (Garipov et al. 2018).
    """

    session: Session
    rows: int
    way: str = ""
    anew: bool = False
    most_points: int = 4096  # in a chunk

    def __post_init__(self) -> None:
        self.model = self.session.model.eval()
        self.layout = Layout.of(self.model)
        self.way = self.way or way_of(self.model)
        parts = {"train": self.session.train.first(self.rows), "val": self.session.val.first(self.rows)}
        self.parts = {name: part for name, part in parts.items() if len(part)}
        self.largest = _largest_activation(self.model, self.session.train)

    @property
    def chunk(self) -> int:
        """Points that are evaluated together."""
        if self.way == "one":
            return 1
        rows = min(self.passing, max(len(part) for part in self.parts.values()))
        room = _CACHE if self.session.device.type == "cpu" else _LARGE
        size = self.session.parameters[0].element_size()
        activations = rows * self.largest * size
        weights = sum(self.layout.sizes) * size
        return max(1, min(self.most_points, room // activations, 64 * room // weights))

    @property
    def passing(self) -> int:
        """Rows that go through the network at once."""
        if self.session.device.type != "cpu":
            return 8192
        return 256 if self.session.train.inputs.ndim > 2 else 2048

    def measure(self, plane: Plane, at: Tensor) -> dict[str, Tensor]:
        """Losses and metrics ``(points,)`` at places ``(points, axes)`` of a plane.

        Their names are train_loss, train_metric, val_loss and val_metric; those of a part without rows are left out.
        """
        chunks = at.to(plane.origin).split(self.chunk)
        several = self.session.device.type == "cpu" and self.way == "products" and not self.anew
        threads = torch.get_num_threads() if several else 1
        if threads == 1 or len(chunks) == 1:
            alone = self._caller()
            return _joined([self._of_chunk(alone, plane, chunk) for chunk in chunks])
        callers: SimpleQueue[_Caller] = SimpleQueue()
        for _ in range(threads):
            callers.put(self._caller())

        def work(chunk: Tensor) -> dict[str, Tensor]:
            caller = callers.get()
            try:
                return self._of_chunk(caller, plane, chunk)
            finally:
                callers.put(caller)

        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                return _joined(list(pool.map(work, chunks)))
        finally:
            torch.set_num_threads(threads)

    def _caller(self) -> _Caller:
        """What calls the network with stacked weights, for one thread."""
        if self.way == "products":
            return _Products(self.model)
        return partial(_mapped if self.way == "vmap" else _one, self.model)

    @torch.no_grad()
    def _of_chunk(self, caller: _Caller, plane: Plane, at: Tensor) -> dict[str, Tensor]:
        vectors = torch.addmm(plane.origin, at, plane.directions)
        tensors = self.layout.tensors(self._with_statistics(vectors) if self.anew else vectors)
        measured: dict[str, Tensor] = {}
        for name, part in self.parts.items():
            measured[f"{name}_loss"], measured[f"{name}_metric"] = self._of_part(caller, tensors, len(at), part)
        return measured

    def _with_statistics(self, vectors: Tensor) -> Tensor:
        """Weights ``(points, numbers)`` with the statistics that the training rows have under them."""
        before, found = self.layout.vector(self.model), []
        rows = self.parts["train"].inputs
        passes = rows.tensor_split(-(-len(rows) // self.passing))
        for vector in vectors:
            self.layout.load(self.model, vector)
            measure_statistics(self.model, passes)
            found.append(self.layout.vector(self.model))
        self.layout.load(self.model, before)
        return torch.stack(found)

    def _of_part(
        self, caller: _Caller, tensors: Mapping[str, Tensor], points: int, part: DevicePart
    ) -> tuple[Tensor, Tensor]:
        loss, hits = (part.inputs.new_zeros(points) for _ in range(2))
        for x, y in zip(part.inputs.split(self.passing), part.targets.split(self.passing), strict=True):
            outputs = caller(tensors, x)
            flat = outputs.reshape(points * len(x), -1)
            targets = y.repeat(points, *[1] * (y.ndim - 1))
            loss += self.session.losses(flat, targets).view(points, -1).sum(1)
            if self.session.classes:
                hits += (predicted(flat) == targets).view(points, -1).sum(1)
            else:
                hits += (flat - targets).square().view(points, -1).sum(1)
        if self.session.classes:
            return loss / len(part), hits / len(part)
        return loss / len(part), 1 - hits / (part.targets - part.targets.mean()).square().sum()


_Caller = Callable[[Mapping[str, Tensor], Tensor], Tensor]
"""Stacked weights by name and rows ``(rows, *shape)`` to outputs ``(points, rows, outputs)``."""


def _joined(chunks: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.cat([chunk[name] for chunk in chunks]) for name in chunks[0]}


class _Products:
    """A copy of a network whose tensors are replaced by stacked ones at every call."""

    def __init__(self, model: nn.Module) -> None:
        self._model, self._layers = deepcopy(model), StackedLayers()
        modules = dict(self._model.named_modules())
        self._owners = {}
        for name, _ in (*model.named_parameters(), *model.named_buffers()):
            owner, _, own = name.rpartition(".")
            module = modules[owner]
            self._owners[name] = (module._parameters if own in module._parameters else module._buffers, own)

    def __call__(self, tensors: Mapping[str, Tensor], x: Tensor) -> Tensor:
        for name, tensor in tensors.items():
            place, own = self._owners[name]
            place[own] = tensor
        with self._layers:
            return self._model(x)


def _mapped(model: nn.Module, tensors: Mapping[str, Tensor], x: Tensor) -> Tensor:
    with differentiable_twice():
        return vmap(lambda one: functional_call(model, one, (x,)))(dict(tensors))


def _one(model: nn.Module, tensors: Mapping[str, Tensor], x: Tensor) -> Tensor:
    """One after another. The model's own tensors are written: recurrent layers look at what they own."""
    into = dict(model.named_parameters()) | dict(model.named_buffers())
    before = {name: into[name].clone() for name in tensors}
    outputs = []
    for k in range(len(next(iter(tensors.values())))):
        for name, stacked in tensors.items():
            into[name].copy_(stacked[k])
        outputs.append(model(x))
    for name, tensor in before.items():
        into[name].copy_(tensor)
    return torch.stack(outputs)


def _largest_activation(model: nn.Module, part: DevicePart) -> int:
    """Numbers a row in the largest output of any layer."""
    largest = part.inputs[:1].numel()

    def seen(module: nn.Module, given: Any, output: Any) -> None:
        nonlocal largest
        if isinstance(output, Tensor) and len(output) == 1:  # the weight of a weight norm is none
            largest = max(largest, output.numel())

    handles = [module.register_forward_hook(seen) for module in model.modules()]
    try:
        with torch.no_grad():
            model(part.inputs[:1])
    finally:
        for handle in handles:
            handle.remove()
    return largest
