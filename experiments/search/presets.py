"""Searches that each show one phenomenon. They are small: each takes less than a minute on two quiet cores."""

from __future__ import annotations

from settings import LinkPreset, by_key

_SMALL = {"data.name": "moons", "budget.epochs": "30", "watch.pictures": "false", "part": "vary"}

PRESETS: dict[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="rates",
            title="Four rates, four curves",
            look_for="Too low crawls, good arrives, high gets stuck above it, very high climbs: which curve is which?",
            query={**_SMALL, "optimizer.name": "sgd", "x.values": "0.003,0.3,3,30"},
        ),
        LinkPreset(
            key="grid_random",
            title="Grid against random",
            look_for="One setting matters here. Count its values: the grid tries 4 of them, random search 16.",
            query={
                **_SMALL,
                "x.high": "1",
                "y": "optimizer.eps",
                "y.low": "1e-10",
                "y.high": "1e-06",
                "sampler": "all",
                "trials": "16",
            },
        ),
        LinkPreset(
            key="rows",
            title="Learning curve over rows",
            look_for="Rows help until only noise is left. From how many on would collecting more be in vain?",
            query={
                **_SMALL,
                "data.size": "2000",
                "budget.epochs": "60",
                "optimizer.lr": "0.003",
                "x": "data.train_size",
                "x.values": "20,40,80,160,320,640,1200",
                "seeds": "3",
            },
        ),
        LinkPreset(
            key="width_rate",
            title="Width and rate",
            look_for="The wider the network, the lower the rate that breaks it: look where the crosses begin.",
            query={
                **_SMALL,
                "optimizer.name": "sgd",
                "y": "model.width",
                "y.values": "4,16,64,256",
                "x.low": "0.01",
                "trials": "24",
            },
        ),
        LinkPreset(
            key="decay",
            title="L2 in Adam against AdamW",
            look_for="Which decay is best at each rate? Adam scales L2 like any gradient; AdamW needs far more.",
            query={
                **_SMALL,
                "data.train_size": "40",
                "model.width": "64",
                "budget.epochs": "60",
                "x.low": "0.001",
                "x.high": "0.1",
                "y": "decay",
                "y.values": "0.001,0.01,0.1,1,10",
                "beside": "optimizer.name",
                "beside.values": "adam_l2,adamw",
                "trials": "20",
            },
        ),
        LinkPreset(
            key="batch",
            title="Batch size and rate",
            look_for="Linear scaling: four times the batch, four times the rate. Where does the diagonal end?",
            query={
                **_SMALL,
                "optimizer.name": "sgd",
                "x.low": "0.01",
                "y": "budget.batch_size",
                "y.values": "4,16,64,256",
                "trials": "24",
            },
        ),
        LinkPreset(
            key="batch_norm",
            title="Batch norm bears higher rates",
            look_for="Without normalization high rates fail; with it the same network still learns at them.",
            query={
                **_SMALL,
                "optimizer.name": "sgd",
                "model.depth": "6",
                "x.low": "0.01",
                "x.high": "30",
                "beside": "model.normalization",
                "beside.values": "none,batch",
                "trials": "8",
            },
        ),
        LinkPreset(
            key="depth",
            title="Depth and residuals",
            look_for="Plain networks stop learning as they deepen; residual connections keep them learning.",
            query={
                **_SMALL,
                "optimizer.name": "sgd",
                "optimizer.lr": "0.1",
                "model.normalization": "layer",
                "x": "model.depth",
                "x.values": "2,4,8,16,32",
                "beside": "model.residual",
                "beside.values": "false,true",
                "trials": "5",
            },
        ),
    ]
)
