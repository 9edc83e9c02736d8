"""What the page of generalization shows, as settings by name. The names are a public format:

part=tradeoff  truth=sine  model=polynomials  capacity=4  rows=50  noise=0.3  ridge=0.01  sets=100  seed=0
part=tradeoff  model=networks  width=8  sets=30  ...
part=capacity  truth=sine  functions=20  rows=20  noise=0.2  ridge=0.001  seed=0
part=epochs  scale=0.032  noise=1  epoch=32  apart=false  seed=0
part=ensemble  members=seeds  runs=0123456789ab,ba9876543210
part=scaling  learn=teacher  inputs=4  noise=0  seeds=4  floor=true  seed=0
part=dropout  truth=sine  units=40  drop=0.3  say=drop  output=number  at=0.5  mask=1  rows=20  noise=0.2  seed=0
part=augmentation  images=digits  rotation=10  crop=1  policy=none  draw=0  seed=0  and the other settings of images
part=penalties  on=moons  penalties=l2,l1,max_norm  strength=1  seed=0
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from settings import Hyperparameter, Setting, SettingsCodec, Text, choice, number, switch, whole
from trainers.config import RunConfig
from trainers.data import DATA_SETS
from trainers.studies import SPREAD_WIDTHS, STUDIES

PARTS: Mapping[str, str] = {
    "tradeoff": "Bias and variance",
    "capacity": "Double descent",
    "epochs": "By epoch",
    "dropout": "Dropout",
    "ensemble": "Ensembles",
    "augmentation": "Augmentation",
    "penalties": "Penalties",
    "scaling": "Scaling",
}
PENALTIES: Mapping[str, str] = {
    "none": "No penalty",
    "l2": "L2",
    "l1": "L1, soft threshold",
    "l1_sign": "L1, sign in the gradient",
    "max_norm": "Max norm",
    "jacobian": "Jacobian",
    "orthogonality": "Orthogonality",
    "early": "Early stopping",
    "input_noise": "Noise on inputs",
    "weight_noise": "Noise on weights",
    "activity_noise": "Noise on activations",
    "smoothing": "Label smoothing",
}
PENALIZED_ROWS: Mapping[str, str] = {"moons": "Two moons", "sine": "A noisy sine", "line": "A line"}
IMAGES: Mapping[str, str] = {key: entry.name for key, entry in DATA_SETS.items() if entry.inputs == "image"}
# Settings of the page that are settings of a run.
AUGMENTED = (
    "rotation",
    "crop",
    "scale",
    "shear",
    "perspective",
    "flip",
    "flip_vertical",
    "brightness",
    "contrast",
    "saturation",
    "hue",
    "noise",
    "cutout",
    "policy",
)
STRENGTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MEMBERS: Mapping[str, str] = {
    "seeds": "Five seeds",
    "bagging": "Bagging: five bootstrap samples",
    "curves": "Five fits of few points",
    "checkpoints": "Checkpoints of one run",
}
TRUTHS: Mapping[str, str] = {"sine": "A sine", "step": "A step", "bump": "A narrow bump"}
MODELS: Mapping[str, str] = {"polynomials": "Polynomials", "waves": "Waves", "networks": "Networks"}
LEARNED: Mapping[str, str] = {"teacher": "A teacher network", "digits": "Digits"}
SCALED_INPUTS: Mapping[str, str] = {"2": "2", "4": "4", "8": "8"}
OUTPUTS: Mapping[str, str] = {"number": "A number", "probability": "A probability"}
SAYS: Mapping[str, str] = {"drop": "Share dropped", "keep": "Share kept"}
ROWS = (5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200)
FEW_ROWS = ROWS[:9]
RIDGES = (0.0, *(float(f"{10 ** (-8 + i / 2):.3g}") for i in range(17)))
"""The strengths of the penalty: two in each decade."""
CAPACITIES = tuple(range(1, 14))
FUNCTIONS = (*range(1, 41), 45, 50, 60, 80, 100, 150, 200, 300, 500)
EPOCHS = tuple(dict.fromkeys(round(10 ** (i / 8)) for i in range(49)))
"""One to a million."""
SCALES = tuple(float(f"{10 ** (-2 + i / 10):.2g}") for i in range(21))
DROPS = tuple(round(i / 20, 2) for i in range(19))
PLACES = tuple(round(-1 + i / 20, 2) for i in range(41))
MOST_MASKS = 400

_PART = choice("part", tuple(PARTS), "What the page shows.")
_TRUTH = choice("truth", tuple(TRUTHS), "The function that the rows are drawn from.")
_MODEL = choice("model", tuple(MODELS), "What is added up: Legendre polynomials, cosines or hidden units.")
_CAPACITY = whole("capacity", 4, 1, CAPACITIES[-1], "How many functions the model adds up, each with its coefficient.")
_SETS = whole("training sets", 100, 30, 200, "How many times rows are drawn anew and the model is fitted to them.")
_NETWORKS = whole("training sets", 30, 30, 100, "How many times rows are drawn anew and learned by another network.")
_WIDTH = number(
    "width", 4, 1, SPREAD_WIDTHS[-1], "How many tanh units each network has in its hidden layer.", stops=SPREAD_WIDTHS
)
_SEED = whole("seed", 0, 0, 9999, "Fixes what is drawn, so that the same link shows the same picture.")
_FUNCTIONS = number("functions", 20, 1, 500, "How many cosines the model adds up.", symbol="p", stops=FUNCTIONS)
_SCALE = number(
    "scale of the slow features",
    0.032,
    SCALES[0],
    1.0,
    "Standard deviation of a quarter of the features; that of the others is 1.",
    symbol="s",
    stops=SCALES,
)
_EPOCH = number("epoch", 32, 1, 1_000_000, "After how many steps of gradient descent one looks.", stops=EPOCHS)
_APART = switch("rates apart", "Each feature has the rate that suits its scale, so that all are learned at once.")
_UNITS = whole("hidden units", 40, 4, 60, "How many units the layer has that dropout is applied to.")
_DROP = number("drop", 0.3, 0.0, 0.9, "The chance of each unit to be left out of a step.", symbol="q", stops=DROPS)
_SAY = choice("say", tuple(SAYS), "Sources give the share that is dropped or the share that is kept.")
_OUTPUT = choice("output", tuple(OUTPUTS), "What the network answers: a number, or a probability through a sigmoid.")
_AT = number("input", 0.5, -1.0, 1.0, "Where the answers of masked networks are compared.", symbol="x", stops=PLACES)
_MASK = whole("mask", 1, 1, MOST_MASKS, "Which of the drawn masks is shown.")

_MEMBERS = choice("members", tuple(MEMBERS), "The networks that speak together.")
_FLOOR = switch("floor", "The law may leave something of the loss at infinity.", default=True)
_RUNS = Text(
    name="runs",
    meaning="Runs of your own instead, by their ids.",
    pattern=r"([0-9a-zA-Z_-]{1,40}(,[0-9a-zA-Z_-]{1,40}){0,15})?",
    allowed="up to 16 ids with commas between them",
    max_length=700,
)

_IMAGES = choice("images", tuple(IMAGES), "The images; all but digits have to be fetched once.", default="digits")
_DRAW = whole("draw", 0, 0, 999, "Which of the draws is shown.")
_ON = choice("on", tuple(PENALIZED_ROWS), "What is learned: classes over two features, or a curve.")
_PENALTIES = Text(
    name="penalties",
    meaning="The penalties that are compared, beside none.",
    default="l2,l1,l1_sign,max_norm,jacobian,orthogonality,early",
    pattern=rf"(({'|'.join(PENALTIES)})(,({'|'.join(PENALTIES)})){{0,{len(PENALTIES)}}})?",
    allowed=f"{', '.join(PENALTIES)} with commas between them",
    max_length=200,
)
_STRENGTH = number("strength", 1.0, 0.1, 10.0, "Multiplies the usual strength of every penalty.", stops=STRENGTHS)


def _augmenting() -> dict[str, Setting]:
    """The settings of a run on images; here some are asked for at first, and a turn may go all the way round."""
    own = RunConfig().changed({"data.name": "digits"}).settings()
    changes = {"rotation": {"default": 10.0, "high": 180.0}, "crop": {"default": 1, "high": 4.0}}
    found: dict[str, Setting] = {}
    for name in AUGMENTED:
        setting = own[f"augmentation.{name}"]
        assert isinstance(setting, Hyperparameter)
        found[name] = replace(setting, **changes.get(name, {}))
    return found


_AUGMENTING = _augmenting()


def _rows(stops: tuple[int, ...], default: int = 20) -> Any:
    return number("rows", default, stops[0], stops[-1], "Rows in each training set.", symbol="n", stops=stops)


def _noise(default: float, highest: float) -> Any:
    stops = tuple(round(i * highest / 20, 2) for i in range(21))
    meaning = "Standard deviation of each target around the truth."
    return number("noise", default, 0.0, highest, meaning, symbol=r"\sigma", stops=stops)


def _ridge() -> Any:
    meaning = "How much squared coefficients count beside the mean squared error."
    return number("ridge", 0.0, 0.0, RIDGES[-1], meaning, symbol=r"\lambda", stops=RIDGES)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part that is shown, by key."""
    yield "part", _PART
    part = values["part"]
    if part == "ensemble":
        yield "members", _MEMBERS
        yield "runs", _RUNS
        return
    if part == "augmentation":
        yield "images", _IMAGES
        yield from _AUGMENTING.items()
        yield "draw", _DRAW
        yield "seed", _SEED
        return
    if part == "penalties":
        yield "on", _ON
        yield "penalties", _PENALTIES
        yield "strength", _STRENGTH
        yield "seed", _SEED
        return
    if part == "scaling":
        for setting in STUDIES["scaling"].settings:
            teachers = setting.name in ("inputs", "noise")
            if not teachers or values["learn"] == "teacher":
                yield setting.name, setting
        yield "floor", _FLOOR
        return
    if part != "epochs":
        yield "truth", _TRUTH
    if part == "tradeoff":
        yield "model", _MODEL
        networks = values["model"] == "networks"
        yield ("width", _WIDTH) if networks else ("capacity", _CAPACITY)
        yield "rows", _rows(ROWS, 50)
        yield "noise", _noise(0.3, 1.0)
        yield "ridge", _ridge()
        yield "sets", _NETWORKS if networks else _SETS
    elif part == "capacity":
        yield "functions", _FUNCTIONS
        yield "rows", _rows(FEW_ROWS)
        yield "noise", _noise(0.2, 1.0)
        yield "ridge", _ridge()
    elif part == "epochs":
        yield "scale", _SCALE
        yield "noise", _noise(1.0, 3.0)
        yield "epoch", _EPOCH
        yield "apart", _APART
    else:
        yield "units", _UNITS
        yield "drop", _DROP
        yield "say", _SAY
        yield "output", _OUTPUT
        yield "at", _AT
        yield "mask", _MASK
        yield "rows", _rows(FEW_ROWS)
        yield "noise", _noise(0.2, 1.0)
    yield "seed", _SEED


CODEC = SettingsCodec(declared)
