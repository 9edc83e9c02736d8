"""Settings that each show one phenomenon of a neuron. A link without any is the first."""

from __future__ import annotations

from experiments.neuron import convexity, many_rows, penalties
from settings import LinkPreset, by_key

OPENING = {
    "o1": "sgd",
    "o1.lr": "1",
    "o2": "momentum",
    "o2.lr": "0.1",
    "o3": "adam",
    "o3.lr": "0.1",
    "start": "-5,-3",
    "steps": "200",
}
"""The race that the page opens with."""

PRESETS: dict[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="overlap",
            title="Two species that overlap",
            look_for="Press play: the boundary turns into its place. Step through the rows: who is still wrong?",
            query={},
        ),
        LinkPreset(
            key="separable",
            title="A line parts the species",
            look_for="Soon every row is right, yet larger weights always cost less: there is no minimum to arrive at.",
            query={
                "s.data": "setosa_virginica",
                "o1": "sgd",
                "o1.lr": "1",
                "o2": "momentum",
                "o2.lr": "1",
                "o3": "adam",
                "o3.lr": "0.1",
                "start": "-3,1",
                "steps": "300",
            },
        ),
        LinkPreset(
            key="one_feature",
            title="One feature: weight and bias",
            look_for="w makes the curve steep, b moves it. Drag both, then play: the loss finds the same place.",
            query={
                "row": "24",
                "s.second": "0",
                "o1": "sgd",
                "o1.lr": "2",
                "o2": "adam",
                "o2.lr": "0.2",
                "start": "-4,3",
                "steps": "300",
            },
        ),
        LinkPreset(
            key="xor",
            title="XOR cannot be learned",
            look_for="No line parts the corners: the best neuron says one half to all, at a loss of ln 2.",
            query={
                "s.data": "xor",
                "o1": "sgd",
                "o1.lr": "0.5",
                "o2": "adam",
                "o2.lr": "0.1",
                "start": "-5,4",
                "steps": "200",
            },
        ),
        LinkPreset(
            key="sign",
            title="The sign unit has no gradient",
            look_for="Stairs: the slope is 0 wherever there is one. The product is 0, and nobody moves a step.",
            query={
                "row": "30",
                "s.data": "setosa_virginica",
                "s.kind": "sign",
                "o1": "sgd",
                "o1.lr": "1",
                "o2": "adam",
                "o2.lr": "0.1",
                "start": "-2,0.5",
                "steps": "100",
            },
        ),
        LinkPreset(
            key="perceptron",
            title="The perceptron rule, row by row",
            look_for="Only a row that is wrong moves the line. Once none is, nothing moves any more.",
            query={
                "row": "30",
                "s.data": "setosa_virginica",
                "s.kind": "perceptron",
                "o1": "sgd",
                "o1.lr": "0.1",
                "o1.batch": "1",
                "start": "-2,0.5",
                "steps": "400",
            },
        ),
        LinkPreset(
            key="unscaled",
            title="Features that are not scaled",
            look_for="A narrow valley: rate 0.03 creeps. Switch scaling on: a round bowl, and the same rate arrives.",
            query={
                "s.kind": "linear",
                "s.second": "0",
                "s.scaled": "false",
                "o1": "sgd",
                "o1.lr": "0.03",
                "o2": "adam",
                "o2.lr": "0.03",
                "start": "-2,12",
                "steps": "300",
            },
        ),
        LinkPreset(
            key="flat",
            title="Sure and wrong: squared error is flat",
            look_for="The slope of the sigmoid is nearly 0, so no gradient comes back. Now choose logistic regression.",
            query={
                "s.kind": "sigmoid_squared",
                "o1": "sgd",
                "o1.lr": "1",
                "o2": "adam",
                "o2.lr": "0.1",
                "start": "-6,-5",
                "steps": "200",
                "v.lane": "SGD",
            },
        ),
        LinkPreset(
            key="dead",
            title="A dead ReLU",
            look_for="z is negative for every row, so every answer and every slope is 0. Drag b up: it wakes.",
            query={
                "row": "80",
                "s.kind": "relu",
                "s.second": "0",
                "o1": "sgd",
                "o1.lr": "0.1",
                "o2": "adam",
                "o2.lr": "0.05",
                "start": "0.5,-2",
                "steps": "200",
            },
        ),
        *convexity.PRESETS,
        *penalties.PRESETS,
        *many_rows.PRESETS,
    ]
)
