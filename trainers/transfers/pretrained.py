"""A second task for a network that was pre-trained on ImageNet, from torchvision, which is imported here and late.

The last layer is a new one; the blocks before it begin with the weights that torchvision names. What stands still is in
eval mode and computes the same at every epoch, so it is computed once, and what follows learns from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from settings import Settings
from trainers.data import DataUnavailable, Progress, Splits, kept_file, load
from trainers.loop import epoch_order
from trainers.transfers.pretrained_request import (
    IMAGES,
    PRETRAINED,
    PRETRAINED_BATCH,
    PRETRAINED_EPOCHS,
    PRETRAINED_RATE,
    PRETRAINED_VAL,
    Pretrained,
    PretrainedRequest,
    why_no_torchvision,
)
from trainers.transfers.study import Curve

_AT_ONCE = 64  # images that go through a network together where nothing is learned from them


class Blocks(nn.Module):
    """Blocks from the input on, then a linear layer of our own: images ``(n, 3, side, side)`` to ``(n, outputs)``."""

    def __init__(self, blocks: list[nn.Module], tail: list[nn.Module], outputs: int, side: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        body = nn.Sequential(*blocks, *tail).eval()
        with torch.no_grad():
            features = body(torch.zeros(1, 3, side, side)).shape[1]
        self.head = nn.Sequential(*tail, nn.Linear(features, outputs))

    def forward(self, x: Tensor, first: int = 0) -> Tensor:
        """first: of the blocks that ``x`` has yet to go through."""
        for block in self.blocks[first:]:
            x = block(x)
        return self.head(x)

    def stand_still(self, count: int) -> None:
        """Train mode, but for the first so many blocks, which are in eval mode and have no gradient."""
        self.train()
        for number, block in enumerate(self.blocks):
            block.requires_grad_(number >= count)
            if number < count:
                block.eval()
                for parameter in block.parameters():
                    parameter.grad = None


def torchvision_models() -> Any:
    """``torchvision.models``. Raises DataUnavailable where torchvision is not there, or goes with another PyTorch."""
    if why := why_no_torchvision():
        raise DataUnavailable(why)
    try:
        from torchvision import models  # pyright: ignore[reportMissingImports]
    except (ImportError, OSError, RuntimeError) as error:
        raise DataUnavailable(
            f"torchvision cannot be imported; install the version that goes with PyTorch {torch.__version__}. It says: "
            f"{str(error)[:120]}"
        ) from error
    return models


def cut(entry: Pretrained, network: nn.Module, outputs: int, side: int) -> Blocks:
    """A network of torchvision's with a new last layer."""

    def one(name: str) -> nn.Module:
        return nn.Flatten() if name == "flatten" else network.get_submodule(name)

    blocks: list[nn.Module] = [nn.Sequential(*map(one, names)) for names in entry.blocks]
    return Blocks(blocks, [one(name) for name in entry.tail], outputs, side)


def pretrained_weights(entry: Pretrained, weights: Any, progress: Progress) -> Mapping[str, Tensor]:
    """The weights that an entry of torchvision's names, by name.

    They are read without running any code that a file could bring. Raises DataUnavailable where they cannot be had.
    """
    name = f"the weights of {entry.name}"
    # torchvision's files are named for the beginning of their SHA-256.
    digest = str(weights.url).rpartition("-")[2].partition(".")[0]
    path = kept_file(weights.url, digest, what=name, most_bytes=entry.megabytes * 1_000_000, progress=progress)
    try:
        read = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise DataUnavailable(f"{path.name} cannot be read: {str(error)[:120]}") from error
    if not isinstance(read, dict) or not all(isinstance(one, Tensor) for one in read.values()):
        raise DataUnavailable(f"{path.name} holds something else than weights.")
    return read


def prepared(inputs: np.ndarray[Any, Any], white: float, transform: Callable[[Tensor], Tensor]) -> Tensor:
    """Images ``(n, channels, height, width)`` from 0 to ``white``, gray ones in three channels, as the network takes
    them."""
    x = torch.from_numpy(inputs) / white
    x = x.clamp(0, 1).expand(-1, 3, -1, -1)
    return torch.cat([transform(some) for some in x.split(_AT_ONCE)])


class PretrainedStudy:
    """Trains each way, number of rows and seed of a request on one device."""

    def __init__(
        self,
        request: PretrainedRequest,
        device: str,
        progress: Progress,
        load: Callable[[Settings, Progress], Splits] = load,
    ) -> None:
        self.request, self.device, self.progress, self.load = request, device, progress, load
        self.entry, self.images = PRETRAINED[request.network], IMAGES[request.images]
        self._rows: tuple[tuple[int, int], Any] = ((-1, -1), None)

    @cached_property
    def models(self) -> Any:
        return torchvision_models()

    @cached_property
    def named(self) -> Any:
        """The entry among torchvision's weights."""
        return self.models.get_weight(self.entry.weights)

    @cached_property
    def weights(self) -> Mapping[str, Tensor]:
        return pretrained_weights(self.entry, self.named, self.progress)

    @cached_property
    def transform(self) -> Callable[[Tensor], Tensor]:
        """What makes images ready: that of the weights, at the side that is asked for."""
        usual, side = self.named.transforms(), self.request.side
        return self.named.transforms(
            crop_size=side, resize_size=round(side * usual.resize_size[0] / usual.crop_size[0])
        )

    def rows(self, count: int, seed: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], int]:
        """Training and validation images with their classes on the device, and how many classes there are."""
        if self._rows[0] != (count, seed):
            splits, white = self.load(self.request.data(count, seed).data, self.progress), self.images.white
            self.progress("Images are made ready.", None)
            parts = [
                (prepared(part.inputs[:most], white, self.transform), torch.from_numpy(part.targets[:most]))
                for part, most in ((splits.train, count), (splits.val, PRETRAINED_VAL))
            ]
            placed = [(x.to(self.device), y.to(self.device)) for x, y in parts]
            self._rows = (count, seed), (*placed, len(splits.classes))
        return self._rows[1]

    def network(self, way: str, outputs: int, seed: int) -> Blocks:
        """Drawn anew from scratch, else with the weights that were learned; its last layer is drawn by the seed."""
        torch.manual_seed(seed)
        made = self.models.get_model(self.entry.key, weights=None)
        if way != "scratch":
            try:
                made.load_state_dict(self.weights)
            except RuntimeError as error:
                raise DataUnavailable(f"The weights of {self.entry.name} are of another network.") from error
        torch.manual_seed(seed)
        return cut(self.entry, made, outputs, self.request.side).to(self.device)

    def standing(self, way: str, epoch: int) -> int:
        """How many blocks do not learn in the epoch that follows so many."""
        if way == "frozen":
            return self.request.blocks
        return max(0, len(self.entry.blocks) - epoch // self.request.unfreeze) if way == "gradual" else 0

    def curve(self, way: str, count: int, seed: int, told: Callable[[], None]) -> Curve:
        """Validation loss and accuracy before the first epoch and after each. told: called before each."""
        train, val, classes = self.rows(count, seed)
        model = self.network(way, classes, seed)
        optimizer = torch.optim.Adam(self._groups(model, way))
        losses, scores = [], []
        standing, seen, judged = 0, train[0], val[0]
        for epoch in range(PRETRAINED_EPOCHS + 1):
            told()
            if epoch:
                model.stand_still(standing)
                for rows in epoch_order(seed, epoch, len(seen)).to(self.device).split(PRETRAINED_BATCH):
                    optimizer.zero_grad()
                    functional.cross_entropy(model(seen[rows], standing), train[1][rows]).backward()
                    optimizer.step()
            if (now := self.standing(way, epoch)) != standing:
                standing = now
                seen, judged = features(model, train[0], now), features(model, val[0], now)
            outputs = _outputs(model, judged, standing)
            losses.append(float(functional.cross_entropy(outputs, val[1])))
            scores.append(float((outputs.argmax(1) == val[1]).float().mean()))
        return Curve(losses=(tuple(losses),), scores=(tuple(scores),))

    def _groups(self, model: Blocks, way: str) -> list[dict[str, Any]]:
        """The rate of each block is that of the next one times the factor, where each has its own."""
        factor = self.request.factor if way == "discriminative" else 1.0
        parts = [*model.blocks, model.head]
        return [
            {"params": list(part.parameters()), "lr": PRETRAINED_RATE * factor ** (len(parts) - 1 - number)}
            for number, part in enumerate(parts)
        ]


@torch.no_grad()
def features(model: Blocks, x: Tensor, count: int) -> Tensor:
    """Images after the first so many blocks in eval mode."""
    if not count:
        return x
    model.eval()
    return torch.cat([nn.Sequential(*model.blocks[:count])(some) for some in x.split(_AT_ONCE)])


@torch.no_grad()
def _outputs(model: Blocks, x: Tensor, first: int) -> Tensor:
    model.eval()
    return torch.cat([model(some, first) for some in x.split(_AT_ONCE)])
