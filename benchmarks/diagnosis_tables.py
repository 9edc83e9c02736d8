"""Tables that the catalogue of data does not have, made for the groups of the suite. Each is kept as an upload.

No table stands in two groups. Waveform: Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees,
section 2.6.2; segments is after its section 2.6.1. Twonorm, ringnorm and threenorm: Breiman (1996), Bias, variance,
and arcing classifiers, technical report 460.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sklearn import datasets

from trainers import keep_upload


def _friedman(rng: int) -> Any:
    return datasets.make_friedman1(400, n_features=8, noise=1.0, random_state=rng)


def _plane(rng: int) -> Any:
    return datasets.make_regression(300, n_features=6, noise=25.0, random_state=rng)[:2]


def _hastie(rng: int) -> Any:
    inputs, target = datasets.make_hastie_10_2(1500, random_state=rng)
    return inputs, target.astype(int)


def _quantiles(rng: int) -> Any:
    return datasets.make_gaussian_quantiles(n_samples=500, n_features=3, n_classes=3, random_state=rng)


def _clusters(rng: int) -> Any:
    return datasets.make_classification(
        500, n_features=8, n_informative=6, n_redundant=0, n_classes=4, class_sep=1.8, random_state=rng
    )


def _clouds(rng: int) -> Any:
    return datasets.make_blobs(360, n_features=5, centers=2, cluster_std=4.5, random_state=rng)[:2]


def _friedman_2(rng: int) -> Any:
    return datasets.make_friedman2(360, noise=60.0, random_state=rng)


def _swiss_roll(rng: int) -> Any:
    return datasets.make_swiss_roll(400, noise=0.3, random_state=rng)


def _sparse(rng: int) -> Any:
    return datasets.make_sparse_uncorrelated(320, n_features=8, random_state=rng)


def _waveform(rng: int) -> Any:
    """Three triangular waves; each class mixes two of them, seen at 21 points through noise."""
    draw = np.random.default_rng(rng)
    at = np.arange(1, 22)
    waves = np.maximum(6 - np.abs(at - np.array([[11], [15], [7]])), 0)
    target, share = draw.integers(0, 3, 600), draw.random((600, 1))
    first, second = waves[[0, 0, 1]][target], waves[[1, 2, 2]][target]
    return share * first + (1 - share) * second + draw.normal(size=(600, 21)), target


def _twonorm(rng: int) -> Any:
    """Two normal clouds in ten dimensions, their centers two standard deviations apart from the middle."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 2, 400)
    return draw.normal(size=(400, 10)) + (2 * target[:, None] - 1) * 2 / np.sqrt(10), target


def _ringnorm(rng: int) -> Any:
    """A narrow normal cloud within a wide one, in eight dimensions."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 2, 500)
    narrow = 2 / np.sqrt(8) + draw.normal(size=(500, 8))
    return np.where(target[:, None] == 1, narrow, 2 * draw.normal(size=(500, 8))), target


def _checkerboard(rng: int) -> Any:
    """Three by three fields in turn of two classes."""
    draw = np.random.default_rng(rng)
    inputs = draw.random((600, 2))
    return inputs, (np.floor(3 * inputs).sum(1) % 2).astype(int)


def _friedman_3(rng: int) -> Any:
    return datasets.make_friedman3(360, noise=0.1, random_state=rng)


def _threenorm(rng: int) -> Any:
    """One class is two normal clouds at opposite corners in six dimensions, the other one between other corners."""
    draw = np.random.default_rng(rng)
    target, side = draw.integers(0, 2, 400), 2 * draw.integers(0, 2, (400, 1)) - 1
    corner = np.where(target[:, None] == 1, (-1.0) ** np.arange(6), side)
    return draw.normal(size=(400, 6)) + 3 / np.sqrt(6) * corner, target


def _pinwheel(rng: int) -> Any:
    """Three bent arms of a wheel, one class each."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 3, 390)
    along, across = 1 + 0.35 * draw.normal(size=390), 0.08 * draw.normal(size=390)
    turn = 2 * np.pi * target / 3 + 0.4 * np.exp(along)
    arms = (along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn))
    return np.stack(arms, axis=1), target


def _ripple(rng: int) -> Any:
    """A wave that runs out from the middle of a square, and fades."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (360, 2))
    away = np.hypot(*inputs.T)
    return inputs, np.cos(1.6 * away) * np.exp(-0.3 * away) + 0.05 * draw.normal(size=360)


def _segments(rng: int) -> Any:
    """Ten digits on a display of seven segments, whose brightness is seen through noise."""
    draw = np.random.default_rng(rng)
    shown = (119, 18, 93, 91, 58, 107, 111, 82, 127, 123)  # a bit for each segment
    target = draw.integers(0, 10, 500)
    lit = np.array([[int(x) for x in f"{digit:07b}"] for digit in shown])[target]
    return lit + 0.35 * draw.normal(size=lit.shape), target


def _overlap(rng: int) -> Any:
    """Three normal clouds in four dimensions that lie over each other in part."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 3, 390)
    centers = np.array([[1.3, 0, 0, 0.5], [-1.3, 0.6, 0, -0.5], [0, -1.3, 1.1, 0]])
    return draw.normal(size=(390, 4)) + centers[target], target


def _correlated(rng: int) -> Any:
    """A weighted sum of five features that share a part, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(320, 5)) + 0.7 * draw.normal(size=(320, 1))
    return inputs, inputs @ np.array([2.0, -1.0, 0.5, 1.0, -1.5]) + 1.2 * draw.normal(size=320)


def _corners(rng: int) -> Any:
    """Four normal clouds at the corners of a square, opposite ones of one class, and two features of mere noise."""
    draw = np.random.default_rng(rng)
    corner = 2 * draw.integers(0, 2, (360, 2)) - 1
    inputs = np.concatenate([1.5 * corner + 0.6 * draw.normal(size=(360, 2)), draw.normal(size=(360, 2))], axis=1)
    return inputs, (corner.prod(1) > 0).astype(int)


def _shells(rng: int) -> Any:
    """Three shells about one center in three dimensions, one class each."""
    draw = np.random.default_rng(rng)
    target, way = draw.integers(0, 3, 390), draw.normal(size=(390, 3))
    radius = 1 + target + 0.22 * draw.normal(size=390)
    return way / np.linalg.norm(way, axis=1, keepdims=True) * radius[:, None], target


def _bands(rng: int) -> Any:
    """Slanted stripes in turn of two classes."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (400, 2))
    return inputs, (np.sin(2.2 * (inputs[:, 0] + 0.5 * inputs[:, 1])) > 0).astype(int)


def _additive(rng: int) -> Any:
    """A sum of one curve for each of four features, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-1.5, 1.5, (360, 4))
    curves = np.sin(2 * inputs[:, 0]) + inputs[:, 1] ** 2 - np.abs(inputs[:, 2]) + 0.5 * inputs[:, 3]
    return inputs, curves + 0.2 * draw.normal(size=360)


def _product(rng: int) -> Any:
    """The product of two features, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-1.5, 1.5, (340, 2))
    return inputs, inputs.prod(1) + 0.1 * draw.normal(size=340)


def _thirds(rng: int) -> Any:
    """Three classes, drawn by the softmax of three weighted sums of five features."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(420, 5))
    scores = 2.5 * inputs @ draw.normal(size=(5, 3)) + draw.gumbel(size=(420, 3))
    return inputs, scores.argmax(1)


def _ridge(rng: int) -> Any:
    """A weighted sum of eight features of which three count, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(300, 8))
    return inputs, inputs[:, :3] @ np.array([1.5, -1.0, 0.7]) + 0.6 * draw.normal(size=300)


def _waves(rng: int) -> Any:
    """Above or below a wave, and one feature of mere noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (380, 3))
    return inputs, (inputs[:, 1] > np.sin(2.5 * inputs[:, 0]) + 0.1 * draw.normal(size=380)).astype(int)


def _petals(rng: int) -> Any:
    """Nine sectors about a center in turn of three classes, turned further outwards."""
    draw = np.random.default_rng(rng)
    angle, radius = draw.uniform(0, 2 * np.pi, 420), np.sqrt(draw.uniform(0.15, 1, 420))
    target = np.floor(9 * ((angle + 0.5 * radius) / (2 * np.pi) % 1)).astype(int) % 3
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), target


def _octants(rng: int) -> Any:
    """Eight normal clouds at the corners of a cube, in turn of two classes."""
    draw = np.random.default_rng(rng)
    corner = 2 * draw.integers(0, 2, (440, 3)) - 1
    return 1.5 * corner + 0.55 * draw.normal(size=(440, 3)), (corner.prod(1) > 0).astype(int)


def _bumps(rng: int) -> Any:
    """Two hills and a hollow in a square, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (360, 2))
    centers = np.array([[-1.0, -0.8], [1.1, -0.3], [0.0, 1.2]])
    away = ((inputs[:, None, :] - centers) ** 2).sum(2)
    return inputs, np.exp(-away / 0.8) @ np.array([1.5, 1.0, -1.2]) + 0.08 * draw.normal(size=360)


def _quotient(rng: int) -> Any:
    """One feature over one and the square of another, a third beside, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(340, 3))
    return inputs, inputs[:, 0] / (1 + inputs[:, 1] ** 2) + 0.4 * inputs[:, 2] + 0.1 * draw.normal(size=340)


def _grades(rng: int) -> Any:
    """Four classes in order, cut from one weighted sum of five features and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(420, 5))
    score = inputs @ np.array([1.2, -0.8, 0.6, 0.4, -0.3]) + 0.4 * draw.normal(size=420)
    return inputs, np.digitize(score, [-1.1, 0.0, 1.1])


def _blend(rng: int) -> Any:
    """A weighted sum of ten features that share two parts, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(320, 10)) + 0.6 * draw.normal(size=(320, 2)) @ draw.normal(size=(2, 10))
    return inputs, inputs @ np.linspace(-1, 1, 10) + 0.9 * draw.normal(size=320)


def _chevrons(rng: int) -> Any:
    """Inside or outside a wedge that is cut twice, and one feature of mere noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (390, 3))
    height = inputs[:, 1] - 1.2 * np.abs(inputs[:, 0]) + 0.12 * draw.normal(size=390)
    return inputs, ((height > -1.4) & (height < 0.2)).astype(int)


def _squares(rng: int) -> Any:
    """Nine normal clouds on a lattice; the three classes make a Latin square."""
    draw = np.random.default_rng(rng)
    place = draw.integers(0, 3, (410, 2))
    return place - 1 + 0.22 * draw.normal(size=(410, 2)), place.sum(1) % 3


def _helices(rng: int) -> Any:
    """Two strands wound about each other, one class each."""
    draw = np.random.default_rng(rng)
    target, along = draw.integers(0, 2, 430), draw.uniform(-1, 1, 430)
    turn = 1.3 * np.pi * along + np.pi * target
    strand = np.stack([np.cos(turn), np.sin(turn), 1.5 * along], axis=1)
    return strand + 0.22 * draw.normal(size=(430, 3)), target


def _passes(rng: int) -> Any:
    """A saddle with a ripple across, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-1.6, 1.6, (370, 2))
    first, second = inputs.T
    return inputs, first**2 - second**2 + 0.6 * np.sin(2 * first + second) + 0.12 * draw.normal(size=370)


def _hinges(rng: int) -> Any:
    """A sum of three features, each cut off at a hinge, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(340, 3))
    cut = np.maximum(inputs @ np.array([[1.0, 0.4, 0.0], [0.0, 1.0, -0.6], [0.5, 0.0, 1.0]]), 0.0)
    return inputs, cut @ np.array([1.0, -1.2, 0.8]) + 0.1 * draw.normal(size=340)


def _votes(rng: int) -> Any:
    """Three parties, each with its own shares of six answers on a scale, seen through noise."""
    draw = np.random.default_rng(rng)
    target = draw.integers(0, 3, 420)
    lines = np.array(
        [[1.2, 0.6, -0.4, 0.0, 0.9, -0.8], [-0.9, 1.1, 0.5, -0.7, 0.0, 0.3], [0.1, -1.0, 0.9, 0.8, -0.6, 0.5]]
    )
    return lines[target] + 1.1 * draw.normal(size=(420, 6)), target


def _lagged(rng: int) -> Any:
    """A weighted sum of eight features, each of which carries on half of the one before, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(310, 8))
    for column in range(1, 8):
        inputs[:, column] = 0.5 * inputs[:, column - 1] + 0.87 * inputs[:, column]
    return inputs, inputs @ (0.8 ** np.arange(8) * (-1.0) ** np.arange(8)) + 0.4 * draw.normal(size=310)


def _lenses(rng: int) -> Any:
    """In one of two overlapping discs but not in both."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (480, 2))
    away = np.hypot(inputs[:, [0]] + np.array([[-0.6, 0.6]]), inputs[:, [1]]) + 0.04 * draw.normal(size=(480, 2))
    return inputs, ((away < 1.4).sum(1) == 1).astype(int)


def _stairs(rng: int) -> Any:
    """Below, on and above a staircase of four steps, one class each."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(0, 4, (420, 2))
    height = inputs[:, 1] - np.floor(inputs[:, 0]) + 0.08 * draw.normal(size=420)
    return inputs, np.digitize(height, [-0.4, 1.1])


def _rosettes(rng: int) -> Any:
    """Inside or outside a curve with five leaves."""
    draw = np.random.default_rng(rng)
    angle, radius = draw.uniform(0, 2 * np.pi, 440), 1.6 * np.sqrt(draw.random(440))
    edge = 1.0 + 0.35 * np.cos(5 * angle) + 0.04 * draw.normal(size=440)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), (radius < edge).astype(int)


def _terraces(rng: int) -> Any:
    """A sum of smooth steps along three directions, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (380, 3))
    ways = inputs @ np.array([[1.0, -0.5, 0.2], [0.4, 1.0, -0.8], [0.0, 0.6, 1.0]])
    return inputs, np.tanh(2.5 * ways) @ np.array([1.0, -0.7, 0.5]) + 0.12 * draw.normal(size=380)


def _vortex(rng: int) -> Any:
    """A hill beside a hollow on a slope, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (350, 2))
    first, second = inputs.T
    bell = np.exp(-(first**2 + second**2) / 1.2)
    return inputs, 3 * first * bell + 0.3 * second + 0.08 * draw.normal(size=350)


def _panels(rng: int) -> Any:
    """Four parties that weigh six questions, drawn by the softmax of their sums."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(440, 6))
    scores = 2.2 * inputs @ draw.normal(size=(6, 4)) + draw.gumbel(size=(440, 4))
    return inputs, scores.argmax(1)


def _seasons(rng: int) -> Any:
    """A weighted sum of seven features that share two waves over the rows, and noise."""
    draw = np.random.default_rng(rng)
    at = np.arange(330)[:, None]
    shared = 0.8 * np.sin(2 * np.pi * at / 30 + np.arange(7)) + 0.5 * np.cos(2 * np.pi * at / 11 - np.arange(7))
    inputs = draw.normal(size=(330, 7)) + shared
    return inputs, inputs @ np.array([1.0, -0.6, 0.0, 0.8, -1.1, 0.4, 0.2]) + 0.7 * draw.normal(size=330)


def _crescents(rng: int) -> Any:
    """Three half rings that reach into each other, one class each, and one feature of mere noise."""
    draw = np.random.default_rng(rng)
    target, along = draw.integers(0, 3, 430), np.pi * draw.random(430)
    way = np.where(target == 1, -1.0, 1.0)
    inputs = np.stack(
        [np.cos(along) + target, way * np.sin(along) + 0.4 * (target == 1), draw.normal(size=430)], axis=1
    )
    return inputs + np.array([0.16, 0.16, 0.0]) * draw.normal(size=(430, 3)), target


def _facets(rng: int) -> Any:
    """The largest of three quadratic forms in four features, seen through noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(460, 4))
    first, second, third, fourth = inputs.T
    forms = [first * second + 0.8 * third, second * fourth - 0.8 * first, 0.6 * third**2 - 0.6 + fourth * third]
    return inputs, (np.stack(forms, axis=1) + 0.15 * draw.normal(size=(460, 3))).argmax(1)


def _tides(rng: int) -> Any:
    """Above or below a surface of waves along two ways, and one feature of mere noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-2, 2, (450, 4))
    level = 1.1 * np.sin(1.8 * inputs[:, 0]) + 0.7 * np.cos(1.5 * inputs[:, 1])
    return inputs, (inputs[:, 2] > level + 0.12 * draw.normal(size=450)).astype(int)


def _couples(rng: int) -> Any:
    """Products of two pairs of features and the size of a fifth, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-1.6, 1.6, (420, 5))
    pairs = inputs[:, 0] * inputs[:, 1] + 0.7 * inputs[:, 2] * inputs[:, 3]
    return inputs, pairs + np.abs(inputs[:, 4]) + 0.12 * draw.normal(size=420)


def _dunes(rng: int) -> Any:
    """A wave across two of four features, a second one along the third, and a slope, with noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.uniform(-1.7, 1.7, (400, 4))
    waves = np.sin(1.4 * inputs[:, 0] + inputs[:, 1]) + 0.7 * np.cos(1.9 * inputs[:, 2])
    return inputs, waves + 0.4 * inputs[:, 3] + 0.12 * draw.normal(size=400)


def _gates(rng: int) -> Any:
    """One of two weighted sums of four features, as a fifth opens the one or the other smoothly, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(410, 5))
    opened = 1 / (1 + np.exp(-3 * inputs[:, 4]))
    one, other = inputs[:, :4] @ np.array([1.0, -0.5, 0.0, 0.4]), inputs[:, :4] @ np.array([-0.6, 0.0, 1.0, 0.3])
    return inputs, opened * one + (1 - opened) * other + 0.1 * draw.normal(size=410)


def _ballots(rng: int) -> Any:
    """Three parties that weigh seven questions, drawn by the softmax of their sums."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(450, 7))
    scores = 2.0 * inputs @ draw.normal(size=(7, 3)) + draw.gumbel(size=(450, 3))
    return inputs, scores.argmax(1)


def _levers(rng: int) -> Any:
    """A weighted sum of nine features, three of which share a part, and noise."""
    draw = np.random.default_rng(rng)
    inputs = draw.normal(size=(330, 9))
    inputs[:, :3] += 0.8 * draw.normal(size=(330, 1))
    return inputs, inputs @ np.array([1.2, -0.7, 0.5, 0.9, 0.0, -1.0, 0.3, 0.6, -0.4]) + 0.6 * draw.normal(size=330)


# Name -> (rows, task, maker).
TABLES: dict[str, tuple[int, str, Callable[[int], Any]]] = {
    "friedman": (400, "regression", _friedman),
    "plane": (300, "regression", _plane),
    "hastie": (1500, "classification", _hastie),
    "quantiles": (500, "classification", _quantiles),
    "clusters": (500, "classification", _clusters),
    "clouds": (360, "classification", _clouds),
    "friedman_2": (360, "regression", _friedman_2),
    "swiss_roll": (400, "regression", _swiss_roll),
    "sparse": (320, "regression", _sparse),
    "waveform": (600, "classification", _waveform),
    "twonorm": (400, "classification", _twonorm),
    "ringnorm": (500, "classification", _ringnorm),
    "checkerboard": (600, "classification", _checkerboard),
    "friedman_3": (360, "regression", _friedman_3),
    "threenorm": (400, "classification", _threenorm),
    "pinwheel": (390, "classification", _pinwheel),
    "ripple": (360, "regression", _ripple),
    "segments": (500, "classification", _segments),
    "overlap": (390, "classification", _overlap),
    "correlated": (320, "regression", _correlated),
    "corners": (360, "classification", _corners),
    "shells": (390, "classification", _shells),
    "bands": (400, "classification", _bands),
    "additive": (360, "regression", _additive),
    "product": (340, "regression", _product),
    "thirds": (420, "classification", _thirds),
    "ridge": (300, "regression", _ridge),
    "waves": (380, "classification", _waves),
    "petals": (420, "classification", _petals),
    "octants": (440, "classification", _octants),
    "bumps": (360, "regression", _bumps),
    "quotient": (340, "regression", _quotient),
    "grades": (420, "classification", _grades),
    "blend": (320, "regression", _blend),
    "chevrons": (390, "classification", _chevrons),
    "squares": (410, "classification", _squares),
    "helices": (430, "classification", _helices),
    "passes": (370, "regression", _passes),
    "hinges": (340, "regression", _hinges),
    "votes": (420, "classification", _votes),
    "lagged": (310, "regression", _lagged),
    "lenses": (480, "classification", _lenses),
    "stairs": (420, "classification", _stairs),
    "rosettes": (440, "classification", _rosettes),
    "terraces": (380, "regression", _terraces),
    "vortex": (350, "regression", _vortex),
    "panels": (440, "classification", _panels),
    "seasons": (330, "regression", _seasons),
    "crescents": (430, "classification", _crescents),
    "facets": (460, "classification", _facets),
    "tides": (450, "classification", _tides),
    "couples": (420, "regression", _couples),
    "dunes": (400, "regression", _dunes),
    "gates": (410, "regression", _gates),
    "ballots": (450, "classification", _ballots),
    "levers": (330, "regression", _levers),
}


@cache
def digest(name: str) -> str:
    """The key under which the table is kept."""
    inputs, target = TABLES[name][2](7)
    header = ",".join([*(f"x{i}" for i in range(inputs.shape[1])), "y"])
    rows = [",".join([*(f"{x:.6g}" for x in row), f"{y:.6g}"]) for row, y in zip(inputs, target, strict=True)]
    return keep_upload("\n".join([header, *rows]).encode())
