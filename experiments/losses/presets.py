"""Presets of the page of losses, each one phenomenon."""

from __future__ import annotations

from collections.abc import Mapping

from settings import LinkPreset, by_key

PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="three",
            title="Square, size, and both",
            look_for="The slope of the square grows with the error; that of the size never does; Huber changes over.",
            query={},
        ),
        LinkPreset(
            key="outlier",
            title="One outlier bends a line",
            look_for="Drag the large point: the squared error follows it, the absolute one hardly moves.",
            query={"part": "outlier"},
        ),
        LinkPreset(
            key="median",
            title="Mean and median",
            look_for="Drag the point up: the mean follows it without end, the median stays where most points are.",
            query={"part": "outlier", "model": "constant", "ox": "5", "oy": "15"},
        ),
        LinkPreset(
            key="sure_and_wrong",
            title="Sure and wrong",
            look_for="Far left cross-entropy still pulls with slope one; the squared error has gone flat.",
            query={"part": "classification", "logit": "-6"},
        ),
        LinkPreset(
            key="margin",
            title="Enough is enough: the hinge",
            look_for="Beyond a margin of one the hinge is zero and still; cross-entropy never stops asking for more.",
            query={"part": "classification", "loss": "hinge", "logit": "2"},
        ),
        LinkPreset(
            key="smoothing",
            title="One epsilon, two meanings",
            look_for="The same 0.1 keeps 0.925 for the true class in PyTorch, 0.7 as a wrong class's own share.",
            query={"part": "cross_entropy", "convention": "wrong"},
        ),
        LinkPreset(
            key="floor",
            title="A loss that cannot reach zero",
            look_for="Here probabilities equal the smoothed target: no gradient, and the loss is the target's entropy.",
            query={
                "part": "cross_entropy",
                "classes": "3",
                "epsilon": "0.3",
                "z1": "2.07944154168",
                "z2": "0",
            },
        ),
        LinkPreset(
            key="apart",
            title="Nothing in common",
            look_for="Without overlap KL is infinite and Jensen-Shannon flat; Wasserstein still says which way.",
            query={"part": "distributions", "distance": "wasserstein", "p": "box", "q": "box", "shift": "5"},
        ),
        LinkPreset(
            key="peaks",
            title="Cover both peaks or pick one",
            look_for="KL(P‖Q) is lowest in the middle, covering both; KL(Q‖P) is lowest at either peak.",
            query={"part": "distributions", "distance": "reverse", "p": "two"},
        ),
        LinkPreset(
            key="which",
            title="Which output takes which loss",
            look_for="Every pair of output and loss that belongs together has the gradient prediction minus target.",
            query={"part": "table"},
        ),
    ]
)
