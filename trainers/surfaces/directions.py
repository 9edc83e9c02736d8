"""Directions in the space of weights: random ones that know the size of each filter, and those of paths and runs.

Weights are one vector, trained numbers first and then the running statistics of batch normalization. Filter
normalization: d_ij <- d_ij |w_ij| / |d_ij| for filter j of layer i; biases and the parameters of normalizations stay as
they are. Source: Li, Xu, Taylor, Studer & Goldstein (2018), arXiv:1712.09913, and the authors' net_plotter.py.

Of a weight normalization, w = g v / |v|, the directions v move and the lengths g stay. A v of one number, as of a layer
with one input, has nowhere to turn and stays too: on the way to its opposite it is 0, where w is no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from trainers.surfaces.request import LEAST_OF_PATH

_LENGTH_OF_WEIGHT_NORM = "parametrizations.weight.original0"  # a normalization's parameter, though it has two axes
_DIRECTION_OF_WEIGHT_NORM = "parametrizations.weight.original1"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where each tensor of a model stands in the vector: names and shapes, the trained ones first."""

    names: tuple[str, ...]
    shapes: tuple[torch.Size, ...]
    trained: int = field(default=0)  # how many of the names

    @classmethod
    def of(cls, model: nn.Module) -> Layout:
        """Of the trained parameters and the floating-point buffers of a model."""
        trained = [(name, p.shape) for name, p in model.named_parameters() if p.requires_grad]
        beside = [(name, b.shape) for name, b in model.named_buffers() if b.is_floating_point()]
        together = [*trained, *beside]
        return cls(
            names=tuple(name for name, _ in together),
            shapes=tuple(shape for _, shape in together),
            trained=len(trained),
        )

    @property
    def sizes(self) -> list[int]:
        """Numbers of each tensor."""
        return [shape.numel() for shape in self.shapes]

    @property
    def parameters(self) -> int:
        """Trained numbers, which come first."""
        return sum(self.sizes[: self.trained])

    def vector(self, model: nn.Module) -> Tensor:
        """The weights of a model ``(numbers,)``."""
        tensors = dict(model.named_parameters()) | dict(model.named_buffers())
        return torch.cat([tensors[name].detach().reshape(-1) for name in self.names])

    def tensors(self, vectors: Tensor) -> dict[str, Tensor]:
        """``(*batch, numbers)`` as tensors ``(*batch, *shape)`` by name; views, nothing is copied."""
        batch = vectors.shape[:-1]
        parts = vectors.split(self.sizes, dim=-1)
        return {
            name: part.view(*batch, *shape) for name, part, shape in zip(self.names, parts, self.shapes, strict=True)
        }

    def load(self, model: nn.Module, vector: Tensor) -> None:
        """Write a vector into a model."""
        into = dict(model.named_parameters()) | dict(model.named_buffers())
        with torch.no_grad():
            for name, tensor in self.tensors(vector).items():
                into[name].copy_(tensor)


def random_direction(layout: Layout, weights: Tensor, seed: int) -> Tensor:
    """A normally distributed direction ``(numbers,)`` of which every filter is as long as that of the weights."""
    generator = torch.Generator().manual_seed(seed)
    parts = []
    for number, (name, weight) in enumerate(layout.tensors(weights).items()):
        drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
        if number >= layout.trained or weight.ndim <= 1 or _stays(name, weight):
            parts.append(torch.zeros_like(weight).reshape(-1))
            continue
        drawn = drawn.to(weight).reshape(len(weight), -1)
        lengths = weight.reshape(len(weight), -1).norm(dim=1, keepdim=True)
        parts.append((drawn * (lengths / drawn.norm(dim=1, keepdim=True).clamp_min(1e-10))).reshape(-1))
    return torch.cat(parts)


def _stays(name: str, weight: Tensor) -> bool:
    """Whether a tensor of several axes is a length of weight normalization, or directions of one number each."""
    alone = weight.numel() == len(weight)
    return name.endswith(_LENGTH_OF_WEIGHT_NORM) or (alone and name.endswith(_DIRECTION_OF_WEIGHT_NORM))


@dataclass(frozen=True, kw_only=True)
class Plane:
    """origin ``(numbers,)``, directions ``(axes, numbers)``, and where given points lie: ``(points, axes)``.

    explained: the share of the variance of the points that each direction has, where they were chosen for that.
    beside: how far each point is from the plane, as a share of its distance from the origin.
    """

    origin: Tensor
    directions: Tensor
    points: Tensor
    explained: tuple[float, ...] = ()
    beside: tuple[float, ...] = ()


def random_plane(layout: Layout, weights: Tensor, seed: int) -> Plane:
    """Two random directions around some weights, which are the one point."""
    both = [random_direction(layout, weights, 2 * seed + k) for k in range(2)]
    return Plane(origin=weights, directions=torch.stack(both), points=weights.new_zeros(1, 2))


def path_plane(layout: Layout, path: Sequence[Tensor]) -> Plane:
    """The two main directions of a path, through its last point: principal components of what is before the end.

    Running statistics are those of the end. Raises ValueError for a path of fewer than three points.
    """
    if len(path) < LEAST_OF_PATH:
        raise ValueError(f"{len(path)} kept weights were given; the directions of a path take three or more")
    end, count = path[-1], layout.parameters
    steps = torch.stack([point[:count] - end[:count] for point in path]).cpu().double()
    centered = steps - steps.mean(0)
    _, strengths, main = torch.linalg.svd(centered, full_matrices=False)
    if strengths[0] <= 0:
        raise ValueError("the kept weights are all the same, so their path has no direction")
    main = main[:2] * torch.where((main[:2] @ (steps[0] - steps[-1])) >= 0, 1.0, -1.0)[:, None]
    at = steps @ main.T
    apart = (steps - at @ main).norm(dim=1) / steps.norm(dim=1).clamp_min(1e-30)
    shares = strengths.square() / strengths.square().sum()
    directions = end.new_zeros(2, len(end))
    directions[:, :count] = main.to(end)
    return Plane(
        origin=end,
        directions=directions,
        points=at.to(end),
        explained=tuple(float(share) for share in shares[:2]),
        beside=tuple(float(part) for part in apart),
    )


def plane_through(points: Sequence[Tensor]) -> Plane:
    """The plane through three points, in units of distance (Gram-Schmidt), or the line through two, at 0 and 1.

    Running statistics are mixed as the weights are. Raises ValueError for points that span none.
    """
    first, second = points[0], points[1]
    along = second - first
    length = along.norm()
    if length == 0:
        raise ValueError("two of the runs have the same weights")
    if len(points) == 2:
        at = first.new_tensor([[0.0], [1.0]])
        return Plane(origin=first, directions=along[None], points=at)
    along = along / length
    rest = points[2] - first
    part = rest @ along
    across = rest - part * along
    height = across.norm()
    if height <= 1e-6 * rest.norm():
        raise ValueError("the three points lie on one line, so they span no plane")
    at = torch.stack([length.new_zeros(2), torch.stack([length, length * 0]), torch.stack([part, height])])
    return Plane(origin=first, directions=torch.stack([along, across / height]), points=at)
