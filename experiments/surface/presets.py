"""Small runs whose loss surfaces each show one phenomenon, side by side and on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from settings import LinkPreset, by_key
from trainers.config import RunConfig

_BASE: Mapping[str, Any] = MappingProxyType(
    {"data.size": 600, "budget.epochs": 25, "watch.pictures": False, "watch.internals": False}
)
_SHARP = {"optimizer.name": "sgd", "optimizer.lr": 0.1, "budget.batch_size": 16, "budget.epochs": 60}
_DEEP = {"model.width": 32, "optimizer.lr": 0.001, "budget.epochs": 20, "model.normalization": "batch"}


@dataclass(frozen=True, kw_only=True)
class SurfacePreset:
    """A title, what to look for in at most twenty words, the runs as (role, changes), and the plane that is drawn."""

    key: str
    title: str
    look_for: str
    runs: tuple[tuple[str, Mapping[str, Any]], ...]
    plane: str = "random"

    def configs(self) -> list[tuple[str, RunConfig]]:
        """(role, configuration) of each run."""
        return [(role, RunConfig().changed(_BASE).changed(changes)) for role, changes in self.runs]

    @property
    def query(self) -> dict[str, str]:
        """The link that opens it."""
        first = next(iter(PRESETS))
        named = {} if self.key == first else {"preset": self.key}
        return named if self.plane == "random" else {**named, "plane": self.plane}


PRESETS: Mapping[str, SurfacePreset] = MappingProxyType(
    by_key(
        [
            SurfacePreset(
                key="residual",
                title="Plain against residual",
                look_for="Twenty plain layers are steep and rough, five are not; shortcuts smooth the same depth.",
                runs=(
                    ("5 plain", {**_DEEP, "model.depth": 5}),
                    ("20 plain", {**_DEEP, "model.depth": 20}),
                    ("20 residual", {**_DEEP, "model.depth": 20, "model.residual": True}),
                ),
            ),
            SurfacePreset(
                key="batch",
                title="Small against large batches",
                look_for="Compare the sharpness: small batches end where the largest eigenvalue is lower.",
                runs=(
                    ("batch 8", {"budget.batch_size": 8, "optimizer.name": "sgd", "optimizer.lr": 0.1}),
                    (
                        "batch 360",
                        {
                            "budget.batch_size": 0,
                            "optimizer.name": "sgd",
                            "optimizer.lr": 0.1,
                            "budget.epochs": 1000,
                        },
                    ),
                ),
            ),
            SurfacePreset(
                key="sam",
                title="SGD against SAM",
                look_for="In as many steps SAM comes to a far smaller largest eigenvalue, and a lower validation loss.",
                runs=(
                    ("SGD", _SHARP),
                    ("SAM, 0.1", {**_SHARP, "regularization.sam": 0.1}),
                ),
            ),
            SurfacePreset(
                key="average",
                title="Last against averaged weights",
                look_for="The mean of the last weights lies lower in the valley than where the last step ended.",
                runs=(
                    ("last", {"optimizer.lr": 0.05, "budget.batch_size": 8}),
                    ("averaged", {"optimizer.lr": 0.05, "budget.batch_size": 8, "regularization.ema": 0.99}),
                ),
            ),
            SurfacePreset(
                key="norm",
                title="With and without batch norm",
                look_for="Batch norm ends at a lower validation loss and eigenvalue; compare the slopes around each.",
                runs=(
                    ("without", {"model.depth": 4}),
                    ("batch norm", {"model.depth": 4, "model.normalization": "batch"}),
                ),
            ),
            SurfacePreset(
                key="width",
                title="Narrow against wide",
                look_for="Width 4 lies in a shallow valley, high up; wider networks end lower, between steeper sides.",
                runs=(
                    ("width 4", {"model.width": 4, "model.depth": 4}),
                    ("width 32", {"model.width": 32, "model.depth": 4}),
                    ("width 128", {"model.width": 128, "model.depth": 4}),
                ),
            ),
            SurfacePreset(
                key="connected",
                title="Two runs, one valley",
                look_for="The straight line climbs a barrier, the curve goes round it; units in one order lower it.",
                runs=(("seed 0", {}), ("seed 1", {"budget.seed": 1})),
                plane="curve",
            ),
            SurfacePreset(
                key="path",
                title="The path to the end",
                look_for="The plane of the path's two main directions, with the weights that were kept on the way.",
                runs=(("", {"watch.checkpoint_every": 3, "optimizer.name": "sgd", "optimizer.lr": 0.1}),),
                plane="path",
            ),
        ]
    )
)


_SADDLES = (
    LinkPreset(
        key="saddles",
        title="Saddles in many dimensions",
        look_for="Minima become rare with the dimension, and those there are lie low.",
        query={"part": "saddles"},
    ),
    LinkPreset(
        key="saddles_networks",
        title="Saddles of small networks",
        look_for="The higher the loss at a critical point, the more of its directions still lead down.",
        query={"part": "saddles", "source": "networks"},
    ),
    LinkPreset(
        key="matrices",
        title="Random matrices",
        look_for="Lower the height: the whole semicircle moves right until nothing is negative, and saddles end.",
        query={"part": "saddles", "source": "matrices"},
    ),
)


def link_presets() -> dict[str, LinkPreset]:
    """The presets as links of the page: those with runs, then saddles."""
    runs = {
        preset.key: LinkPreset(key=preset.key, title=preset.title, look_for=preset.look_for, query=preset.query)
        for preset in PRESETS.values()
    }
    return runs | by_key(_SADDLES)
