"""What each step of the four long lessons has on its page beside what its own words and link say.

Numbers are those of the page as it was checked by hand against the lecture and against the step's text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Picture = tuple[str, str, int]
"""Kind, class ("" for any), and how many of them are drawn."""

_PLAYER: list[Picture] = [("canvas", "dl-axes", 1), ("canvas", "dl-field", 1)]
PICTURES: Mapping[str, list[Picture]] = {
    "neuron": _PLAYER,
    "neuron convexity": [("svg", "dz-plot", 6)],
    "neuron scaling": [("plotly", "", 3)],
    "neuron penalties": [("svg", "dz-plot", 2)],
    "neuron many": [("plotly", "", 1)],
    "losses": [("plotly", "", 2)],
    "losses distributions": [("svg", "dz-plot", 3)],
    "derivatives": [("plotly", "", 3)],
    "derivatives graph": [("svg", "", 1), ("plotly", "", 1)],
    "derivatives cubic": [("plotly", "", 2)],
    "activations": [("plotly", "", 2)],
    "initialization": [("plotly", "", 3)],
    "normalization": [("plotly", "", 5)],
    "normalization hand": [("canvas", "", 2), ("plotly", "", 1)],
    "normalization layers": [("plotly", "", 2)],
    "normalization batch": [("plotly", "", 2)],
    "normalization coupling": [("plotly", "", 2)],
    "descent": [*_PLAYER, ("canvas", "dl-trail", 1)],
    "line": [*_PLAYER, ("canvas", "dl-trail", 1)],
    "maps": [("canvas", "", 1)],
    "training": [("canvas", "dl-live-base", 1)],
    "generalization": [("plotly", "", 2)],
    "generalization dropout": [("plotly", "", 3)],
    "generalization augmentation": [("plotly", "", 1)],
    # What is trained first is drawn when it has been; until then the page says how far it is.
    "generalization ensemble": [],
    "generalization scaling": [],
    "search": [],
    "surface": [],
    "surface saddles": [("plotly", "", 3)],
    "reuse": [],
}
"""By page, or by page and part."""

_SEARCHES = re.compile(r"trials have ended|The search begins|The first runs are on their way|Number \d+ in the queue")
_REUSES = re.compile(r"The first networks are on their way|\d+ of 75 networks are trained|It waits for a place")


def _trained(what: int) -> re.Pattern[str]:
    return re.compile(rf"\b\d+ of {what} networks? (is|are) trained|Number \d+ in the queue")


def _surface_of(runs: int) -> re.Pattern[str]:
    return re.compile(rf"The runs are trained first: \d of {runs} are done")


EXPECTED: Mapping[str, Mapping[str, list[str | re.Pattern[str]]]] = {
    "one-neuron-to-a-network": {
        "One neuron": ["Row 24 of 100: versicolor", "\u2212ln(1 \u2212 \u0177)"],
        "Forward and backward, number by number": [
            "\u2202L/\u2202w\u2082",
            "\u2202L/\u2202z",
            "Row 1 of 100: versicolor",
        ],
        "Cross-entropy and its sign": [
            "Cross-entropy pulls with \u22120.998",
            "through the sigmoid with \u22120.00492",
        ],
        "Convex or not": ["Above its chord by up to 0.169", "Never above its chord, no negative eigenvalue"],
        "Flat where it is wrong": ["Above its chord by up to 0.296, eigenvalue down to \u22120.22: not convex"],
        "Linear against logistic regression": ["about 1,090 more steps"],
        "Two species that a line parts": ["Row 1 of 100: setosa", "Momentum runs downhill out of the window at step 7"],
        "Two species that overlap": ["Row 1 of 100: versicolor", "\u2212ln(1 \u2212 \u0177)"],
        "Features to one scale": ["with condition number 980, the gap shrinks tenfold every 731 steps"],
        "A valley made round": ["Condition number 105; 149 steps are enough", "Condition number 1; one step is enough"],
        "One neuron is not enough": ["SGD reaches the minimum to within 0.000002 in 74 steps", "0.7"],
        "The chain rule through layers": ["step 0 / 17", "reverse mode 1 sweep, 1.51 times f. Reverse mode wins."],
        "Slopes that multiply": ["at most 0.25 to the power 10 is 9.54\u00d710\u207b\u2077"],
        "Where weights begin": ["1: Tanh, Normal 0.01. The signal vanishes", "Saturated: 93 % of units", "Healthy"],
        "Xavier or He for ReLU": ["The signal vanishes by a factor 1.42 a layer", "0.000022", "0.719"],
        "Batch normalization by hand": ["unit 1 has mean 3.7 and deviation 2.5"],
        "All rows, some rows, one row": ["SGD, batch 1 hovers on average 0.134 above the minimum", "epochs"],
        "A small network on Iris": ["Iris, 4-8-6-3", "of 400"],
        "Three units for two spirals": ["of 300", "Loss"],
        "Three layers of 48": ["of 200", "Loss"],
        "Forty rows, a wide network": ["Overfitting", "of 1,500"],
        "Weight decay in pictures": ["the weight of blood pressure is exactly 0", "|w\u2081| + |w\u2082| \u2264 0.232"],
        "Cures, side by side": ["no cure", "L2 penalty", "dropout", "early stopping", "label smoothing"],
        "Settings by chance": [_SEARCHES],
    },
    "derivatives-steps-tricks": {
        "Finite differences": ["Theory's best h is 2.42\u00d710\u207b\u2078"],
        "A step with no valley": ["complex step by 3.12\u00d710\u207b\u00b9\u2076"],
        "A kink has no derivative": ["forward says 1, central says 0, autodiff 0"],
        "Forward mode": ["forward mode takes 1 sweep, 3 times f; reverse mode 100 sweeps"],
        "Reverse mode": ["forward mode takes 100 sweeps, 101 times f; reverse mode 1 sweep"],
        "One cubic in five forms of code": ["After 2,000 steps the loss is 9.08", "end within 10\u207b\u00b9\u2070"],
        "The step size in one dimension": ["SGD, rate 1 reaches the minimum at x = 0 in 1 step", "exceeds the limit 2"],
        "Condition": ["f staying 2.5 above the minimum: rate \u00d7 curvature is 2 (limit 2)", "diverges at step 10"],
        "Momentum": ["Momentum still moves, 0.00888 from the minimum", "SGD still moves, 0.432 from the minimum"],
        "The best pair": ["Best pair by theory: rate 0.111, momentum 0.444", "20 at rate 0.109, momentum 0.479"],
        "Nesterov looks ahead": ["Nesterov reaches the minimum to within 1.38\u00d710\u207b\u2075 in 82 steps"],
        "Convex, or many starts": ["Maps: Himmelblau"],
        "Saddles": ["Newton is stuck at a saddle", "SGD runs downhill out of the window at step 80"],
        "Saddles are common": ["881 of 6,000 in 2, 165 of 6,000 in 3", "50 % of the eigenvalues in 128 dimensions"],
        "Saddles and curvature": ["Newton is stuck at a saddle", "Saddle-free Newton reaches the minimum"],
        "GD against SGD": ["after 20 steps at 0.00235 above the least", "10,000 rows, 500 weights"],
        "A gradient that is an estimate": ["hovers on average 0.311 above", "hovers on average 0.0058 above"],
        "Why no line search": ["batch 1 hovers on average 2.06 above the minimum", "in 34 steps, 103 evaluations"],
        "Why a small gradient is no stop": ["SGD, batch 1 hovers on average 0.0601 above the minimum"],
        "Adaptive rates": ["Adagrad still moves, 1.67 from the minimum", "RMSprop still moves, 0.387"],
        "Diagonal second order": ["Adam reaches the minimum to within 0.000159 in 137 steps"],
        "Where epsilon stands": ["Adam, eps place inside still moves, 4.07 from the minimum"],
        "Who is sensitive to the rate": ["Adam 1.98 4.96\u00d710\u207b\u2076 1.5 decades", "SGD 0.00198"],
        "Fan-in, fan-out": [
            "Kaiming normal. Healthy: the spread of the signal changes by a factor 0.86",
            "by a factor 3.4",
        ],
        "Orthogonal weights": ["Healthy: the signal keeps its spread. The gradient arrives."],
        "Whitening the data": ["The condition number is 496 as measured, 188 centered, 19 scaled, 1 whitened"],
        "Normalizing inside": ["Here 4 sets of 12 cells"],
        "Batch norm couples rows": ["takes 15.3 % of the squared gradient from other rows of the batch"],
        "One epsilon, two meanings": ["0.925", "The true class has 0.831, its target is 0.7"],
        "Distances between distributions": [
            "Both KL are infinite",
            "Jensen-Shannon is 0.693, its slope 0. Wasserstein-1 is 5",
        ],
        "Dropout keeps p": ["Here q = 0.3 is dropped, p = 0.7 kept", "1.43 or 0"],
        "Reading rate curves": [_SEARCHES],
        "More rows?": [_SEARCHES],
        "Grid or chance": [_SEARCHES],
    },
    "training-deep-networks": {
        "Sigmoid": ["at most 0.25 to the power 10 is 9.54\u00d710\u207b\u2077"],
        "ReLU and dead units": ["99.9 % of the inputs get none", "Leaky ReLU: after 10 layers 0.0498"],
        "Smooth relatives": ["GELU: after 10 layers 0.52", "Mish: after 10 layers 0.449", "Softplus"],
        "A dead unit, by hand": ["Row 80 of 100: virginica", "no gradient is left", "SGD is on a plateau"],
        "Biases that kill, biases that save": ["slightly above", "minus 2", "minus 4", "of 80"],
        "A slope that is learned": ["Learned slope", "of 60"],
        "Maxout": ["Maxout learns its shape", "Loss"],
        "Center and scale": ["140 as measured, 34.2 centered, 1.11 scaled, 1 whitened"],
        "Decorrelate and whiten": ["496 as measured, 188 centered, 19 scaled, 1 whitened"],
        "All zeros": ["Layers 1 to 9 get no gradient"],
        "Small numbers": ["0.213", "0.0473", "0.0106", "0.00236", "0.000524"],
        "Large numbers": ["0.982", "Saturated: 93 % of units beyond 0.97"],
        "Xavier": ["Healthy: the spread of the signal changes by a factor 0.36 over all layers"],
        "Xavier breaks with ReLU": ["The signal vanishes by a factor 1.44 a layer"],
        "He puts it right": ["Healthy: the spread of the signal changes by a factor 0.84 over all layers"],
        "Batch normalization": ["Here 4 sets of 12 cells", "a sample depends on its neighbours"],
        "Train mode, eval mode": ["Evaluation mode gives 0.292, whatever the batch", "wrong sign in 18 % of batches"],
        "One dimension": [
            "Momentum reaches the minimum at x = \u22121.04 in 135 steps",
            "SGD ends in the minimum at x = 0.96",
        ],
        "Mini-batches": ["SGD, batch 1 hovers on average 0.134 above the minimum", "in 365 steps"],
        "Momentum": ["Momentum, momentum 0.98 still moves, 0.265 from the minimum"],
        "Nesterov": ["after overshooting by 18 % of the way"],
        "Adagrad and RMSprop": ["Adagrad still moves, 1.67 from the minimum", "RMSprop still moves, 0.387"],
        "Adam, first steps": ["no bias correction still moves, 0.947", "Adam, bias correction still moves, 3.2"],
        "Sharp and flat: SAM": [
            "SAM reaches the minimum to within 7.43\u00d710\u207b\u2076 in 146 steps, 292 evaluations"
        ],
        "Saddles": ["Newton is stuck at a saddle", "SGD runs downhill out of the window at step 80"],
        "The loss surface of a network": [_surface_of(1)],
        "Shortcuts smooth it": [_surface_of(3)],
        "Two runs, one valley": [_surface_of(2)],
        "Find a rate": [_SEARCHES],
        "Rates that fall": ["constant", "1 / (1 + k)", "0.95 to the k", "1 / \u221a(1 + k)"],
        "Early stopping": ["to the end", "early stopping", "of 1,500"],
        "Bias": ["bias\u00b2 0.132 + variance 0.0293 + noise 0.09 = 0.251", "100 training sets of 50 rows"],
        "A model that is too rich": ["bias\u00b2 0.0216 + variance 1.07 + noise 0.09 = 1.18"],
        "Ensembles": [_trained(5)],
        "Averaging weights": [_trained(1)],
        "Dropout": ["Here q = 0.3 is dropped, p = 0.7 kept", "1.43 or 0"],
        "L1, L2 and their shapes": ["the weight of blood pressure is exactly 0", "A penalty"],
        "Augmentation": ["shown, drawn 7 times", "Validation images stay as they are"],
        "Transfer": [_REUSES],
    },
    "networks-in-practice": {
        "A cubic learns a sine": ["Fitted curve", "of 200"],
        "Five forms of the same code": ["After 2,000 steps the loss is 9.08", "end within 10\u207b\u00b9\u2070"],
        "The rate": ["SGD, rate 1 reaches the minimum at x = 0 in 1 step", "exceeds the limit 2"],
        "The rate in training": ["0.00001: too low", "0.02: right", "0.5: too high"],
        "Rows at a time": ["all rows", "16 rows", "1 row", "of 80"],
        "The same in the plane": ["SGD, batch 1 hovers on average 0.134 above the minimum"],
        "Momentum": ["Momentum still moves, 0.00888 from the minimum", "condition number 100"],
        "A feature that is seldom there": [
            "SGD still moves, 1.76 from the minimum",
            "Adagrad hovers on average 0.00149",
        ],
        "RMSprop forgets": ["Adagrad still moves, 1.67 from the minimum", "RMSprop still moves, 0.387"],
        "Adam": ["no bias correction still moves, 0.947", "Adam, bias correction still moves, 3.2"],
        "AdamW is not Adam with L2": ["Adam with L2 rests 0.494 from the minimum", "AdamW rests 2.02 from the minimum"],
        "The same in training": ["Adam, L2", "AdamW, decay", "SGD, L2", "SGD, decay"],
        "A schedule to the rescue": ["constant", "cosine", "one cycle"],
        "Warm-up": ["no warm-up", "5 epochs", "of 20"],
        "Eight sigmoid layers": ["of 150", "Loss"],
        "Cures": ["deep sigmoid", "ReLU, Kaiming", "batch norm", "layer norm after", "residual"],
        "First weights that are too large": ["no clipping", "clip at 1", "usual weights"],
        "Dying ReLUs": ["of 150", "Loss"],
        "First weights": ["Healthy: the spread of the signal changes by a factor 0.84 over all layers"],
        "Normalization layers": ["the mean stays in: only the size is divided out"],
        "A batch of two": ["batch, 2 rows", "batch, 32 rows", "layer, 2 rows", "none, 2 rows"],
        "Few rows, many epochs": ["Overfitting", "of 1,500"],
        "Dropout has two losses": ["of 1,500", "Loss"],
        "Dropout, masks redrawn": ["Here q = 0.3 is dropped, p = 0.7 kept", "1.43 or 0"],
        "L1 and exact zeros": ["no penalty", "L1, by its sign", "L1, exact zeros"],
        "More data": [_SEARCHES],
        "Images": ["of 40", "Loss"],
        "Filters against plain layers": ["CNN", "MLP", "of 15"],
        "Attention": ["of 60", "Loss"],
        "Bias and variance": ["bias\u00b2 0.132 + variance 0.0293 + noise 0.09 = 0.251"],
        "Beyond the peak": ["20 rows 500 functions", "only one fit goes through all rows there"],
        "Many runs, one vote": [_trained(5)],
        "Transforms": ["shown, drawn 7 times", "Validation images stay as they are"],
        "Transfer learning": [_REUSES],
        "Scaling laws": [re.compile(r"Number \d+ in the queue|\d+ of \d+ networks are trained|networks")],
    },
}
"""By lesson and step: words of the page, or of its pictures."""
