"""Networks pre-trained on ImageNet that a second task can begin with, and a study of them as it is asked for.

Neither PyTorch nor torchvision is imported here. torchvision, which has the networks and says where their weights are,
need not be installed: ``why_no_torchvision`` says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from settings import by_key
from trainers.allowances import Size
from trainers.config import RunConfig
from trainers.transfers.ways import factor_within, trainings, whole_within

PRETRAINED_EPOCHS, PRETRAINED_RATE, PRETRAINED_BATCH = 10, 0.001, 16
PRETRAINED_ROWS = (20, 50, 200)
PRETRAINED_VAL = 100  # validation rows: each of them goes through a large network at every epoch
SIDES = ("96", "128", "160", "224")
INSTALL = "pip install torchvision"


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """A network of torchvision's, cut into blocks that stand still or learn together.

    weights: its entry among torchvision's weights, which has the address, the SHA-256 and how images are made ready.
    blocks: names of its modules from the input on; ``flatten`` stands for what torchvision does between two of them.
    tail: what follows them and learns nothing, before the new last layer. megabytes: of the file, rounded up.
    """

    key: str
    name: str
    weights: str
    blocks: tuple[tuple[str, ...], ...]
    tail: tuple[str, ...]
    megabytes: int
    reference: str


def _features(*numbers: int) -> tuple[str, ...]:
    return tuple(f"features.{number}" for number in numbers)


PRETRAINED: Mapping[str, Pretrained] = by_key(
    [
        Pretrained(
            key="mobilenet_v3_small",
            name="MobileNet v3, small",
            weights="MobileNet_V3_Small_Weights.IMAGENET1K_V1",
            blocks=(
                _features(0, 1),
                _features(2, 3),
                _features(4, 5, 6),
                _features(7, 8),
                _features(9, 10, 11),
                # Its dropout before the last layer is left out: frozen features are the same at every epoch.
                (*_features(12), "avgpool", "flatten", "classifier.0", "classifier.1"),
            ),
            tail=(),
            megabytes=11,
            reference="Howard et al. (2019), arXiv:1905.02244",
        ),
        Pretrained(
            key="resnet18",
            name="ResNet-18",
            weights="ResNet18_Weights.IMAGENET1K_V1",
            blocks=(("conv1", "bn1", "relu", "maxpool"), ("layer1",), ("layer2",), ("layer3",), ("layer4",)),
            tail=("avgpool", "flatten"),
            megabytes=47,
            reference="He, Zhang, Ren & Sun (2016), arXiv:1512.03385",
        ),
        Pretrained(
            key="squeezenet1_1",
            name="SqueezeNet 1.1",
            weights="SqueezeNet1_1_Weights.IMAGENET1K_V1",
            blocks=(
                _features(0, 1, 2),
                _features(3, 4, 5),
                _features(6, 7, 8),
                _features(9, 10),
                _features(11, 12),
            ),
            tail=("classifier.3", "flatten"),  # the mean over places
            megabytes=5,
            reference="Iandola et al. (2016), arXiv:1602.07360",
        ),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Images:
    """A second task for networks that have seen photographs. data: its settings. white: the brightest pixel."""

    name: str
    data: Mapping[str, Any]
    white: float = 255.0


_HELD = {"data.test_share": 0.0, "data.scaling": "none"}
_FEW = {**_HELD, "data.val_share": 0.03}
IMAGES: Mapping[str, Images] = {
    "digits": Images(name="digits, 8 x 8", data={**_HELD, "data.name": "digits", "data.val_share": 0.3}, white=16.0),
    "fashion": Images(name="Fashion-MNIST", data={**_FEW, "data.name": "fashion_mnist"}),
    "accessories": Images(
        name="Fashion-MNIST: shoes and bags", data={**_FEW, "data.name": "fashion_mnist", "data.half": "accessories"}
    ),
    "cifar": Images(name="CIFAR-10", data={**_FEW, "data.name": "cifar10"}),
    "vehicles": Images(name="CIFAR-10: vehicles", data={**_FEW, "data.name": "cifar10", "data.half": "vehicles"}),
}


def why_no_torchvision() -> str:
    """What to install where torchvision is not there; empty where it is. It is looked for, not imported."""
    if find_spec("torchvision") is not None:
        return ""
    return f"Networks pre-trained on ImageNet are torchvision's, which is not installed here: {INSTALL}."


@dataclass(frozen=True, kw_only=True)
class PretrainedRequest:
    """A study of a network that was pre-trained on ImageNet: every way, number of rows and seed is a training.

    images: the second task. side: of the images, in pixels; the networks have learned with 224. blocks: how many stand
    still where features are frozen, from the input. factor, unfreeze: as in a ``TransferRequest``, of blocks.

    Raises:
        ValueError: anything out of range.
    """

    network: str = "mobilenet_v3_small"
    images: str = "digits"
    side: int = 96
    blocks: int = 6
    factor: float = 0.385
    unfreeze: int = 2
    seeds: int = 1

    seen = tuple(range(PRETRAINED_EPOCHS + 1))
    counts = PRETRAINED_ROWS

    def __post_init__(self) -> None:
        for name, value, known in (("network", self.network, PRETRAINED), ("images", self.images, IMAGES)):
            if value not in known:
                raise ValueError(f"{name} was given as {value!r:.40}; allowed is one of {', '.join(known)}")
        if str(self.side) not in SIDES:
            raise ValueError(f"side was given as {self.side!r:.40}; allowed is one of {', '.join(SIDES)}")
        whole_within("blocks", self.blocks, 1, len(PRETRAINED[self.network].blocks))
        whole_within("unfreeze", self.unfreeze, 1, PRETRAINED_EPOCHS)
        whole_within("seeds", self.seeds, 1, 5)
        factor_within(self.factor)

    def data(self, rows: int, seed: int) -> RunConfig:
        """So many rows of the second task, as the data of a run."""
        return RunConfig().changed({**IMAGES[self.images].data, "data.train_size": rows, "data.seed": seed})

    @property
    def sizes(self) -> list[Size]:
        """How large the network is, by its file, whose numbers take four bytes each."""
        parameters = PRETRAINED[self.network].megabytes * 250_000
        return [Size(parameters=parameters, rows=None, epochs=PRETRAINED_EPOCHS)]

    def keys(self) -> list[tuple[str, int, int]]:
        """(way, rows, seed) of every training, in the order they are done."""
        return trainings(PRETRAINED_ROWS, self.seeds)

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"part": "pretrained", **asdict(self)}
