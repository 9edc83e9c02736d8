"""Presets of the page of generalization, each one phenomenon."""

from __future__ import annotations

from collections.abc import Mapping

from settings import LinkPreset, by_key

PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="simple",
            title="Too simple: wrong alike",
            look_for="The fits lie close together, and their mean misses the truth: that is bias.",
            query={},
        ),
        LinkPreset(
            key="rich",
            title="Too rich: each wrong its way",
            look_for="The mean is near the truth, but no single fit is: that is variance.",
            query={"capacity": "12"},
        ),
        LinkPreset(
            key="rows",
            title="Rows buy capacity",
            look_for="With 200 rows the same rich model has hardly any variance left.",
            query={"capacity": "12", "rows": "200"},
        ),
        LinkPreset(
            key="shrunk",
            title="Variance for bias: a penalty",
            look_for="Move λ up: the fits calm down long before their mean leaves the truth.",
            query={"capacity": "12", "ridge": "0.00316"},
        ),
        LinkPreset(
            key="networks",
            title="Bias and variance of networks",
            look_for="Bias falls with width, variance hardly rises: networks do not swing like rich polynomials.",
            query={"model": "networks"},
        ),
        LinkPreset(
            key="peak",
            title="Double descent: the peak",
            look_for="As many functions as rows: one fit only, through every row, and wild between them.",
            query={"part": "capacity"},
        ),
        LinkPreset(
            key="beyond",
            title="Double descent: beyond",
            look_for="Far more functions than rows, every row is still hit, and the fit is calm.",
            query={"part": "capacity", "functions": "500"},
        ),
        LinkPreset(
            key="penalty",
            title="A penalty removes the peak",
            look_for="The same model with a small penalty: the peak has gone; more functions do not hurt.",
            query={"part": "capacity", "ridge": "0.001"},
        ),
        LinkPreset(
            key="epochs",
            title="Double descent by epoch",
            look_for="The error falls, rises and falls again: two kinds of features, learned at two speeds.",
            query={"part": "epochs"},
        ),
        LinkPreset(
            key="apart",
            title="One rate for each kind of feature",
            look_for="When both kinds are learned at one speed, one valley is left, and it is lower.",
            query={"part": "epochs", "apart": "true"},
        ),
        LinkPreset(
            key="masks",
            title="Dropout: many networks in one",
            look_for="Each thin line is one masked network; the thick one needs no mask and is their mean.",
            query={"part": "dropout"},
        ),
        LinkPreset(
            key="probability",
            title="Dropout through a sigmoid",
            look_for="The mean of probabilities is not the probability of the mean: compare both numbers below.",
            query={"part": "dropout", "output": "probability", "drop": "0.5", "at": "0.35"},
        ),
        LinkPreset(
            key="seeds",
            title="Five seeds, one vote",
            look_for="Each network is wrong elsewhere; their mean prediction is better than almost every one of them.",
            query={"part": "ensemble"},
        ),
        LinkPreset(
            key="bagging",
            title="Bagging",
            look_for="Each member has seen other rows, drawn with replacement: they differ more, and gain more.",
            query={"part": "ensemble", "members": "bagging"},
        ),
        LinkPreset(
            key="swa",
            title="Weights averaged along a run",
            look_for="Checkpoints of one run lie around a valley: their mean, or a moving one, beats most of them.",
            query={"part": "ensemble", "members": "checkpoints"},
        ),
        LinkPreset(
            key="augmented",
            title="Augmentation: a few images, many views",
            look_for="Shifted and turned a little, 50 digits teach more: accuracy on new ones is higher.",
            query={"part": "augmentation"},
        ),
        LinkPreset(
            key="turned",
            title="A 6 that becomes a 9",
            look_for="Turned all the way round, digits lose their names: accuracy is lower than without augmentation.",
            query={"part": "augmentation", "rotation": "180", "crop": "0"},
        ),
        LinkPreset(
            key="policy",
            title="AutoAugment",
            look_for="Each image draws two operations, with strengths that a search has found for house numbers.",
            query={"part": "augmentation", "rotation": "0", "crop": "0", "policy": "svhn"},
        ),
        LinkPreset(
            key="penalties",
            title="Penalties side by side",
            look_for="Without a penalty the loss on new rows rises without end; with each of these it ends lower.",
            query={"part": "penalties"},
        ),
        LinkPreset(
            key="sparse",
            title="L1: weights that are exactly zero",
            look_for="Both count the same penalty; only the soft threshold leaves exact zeros, drawn in orange.",
            query={"part": "penalties", "penalties": "l1,l1_sign"},
        ),
        LinkPreset(
            key="curve",
            title="Penalties on a curve",
            look_for="Without a penalty the curve bends to single rows; a penalty or noise keeps it smooth.",
            query={"part": "penalties", "on": "sine", "penalties": "l2,max_norm,jacobian,early,input_noise"},
        ),
        LinkPreset(
            key="one_penalty",
            title="On a line: three names, one penalty",
            look_for="L2, the Jacobian penalty and noise on the input leave the same weight: see below.",
            query={"part": "penalties", "on": "line", "penalties": "l2,jacobian,input_noise"},
        ),
        LinkPreset(
            key="scaling",
            title="Scaling laws",
            look_for="More parameters, rows or compute: the loss falls on nearly straight lines, on logarithmic axes.",
            query={"part": "scaling"},
        ),
        LinkPreset(
            key="inputs",
            title="More inputs, flatter laws",
            look_for="With eight inputs every exponent is smaller than with four: there is more space to fill.",
            query={"part": "scaling", "inputs": "8"},
        ),
        LinkPreset(
            key="floor",
            title="A floor of noise",
            look_for="Each curve bends towards 0.09, the noise of new targets, which no network can learn.",
            query={"part": "scaling", "noise": "0.3"},
        ),
        LinkPreset(
            key="digits",
            title="Scaling on digits",
            look_for="Real images: the loss falls as a power of the rows, too, before there are no more.",
            query={"part": "scaling", "learn": "digits"},
        ),
    ]
)
