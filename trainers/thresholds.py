"""The numbers of the diagnosis, frozen. They were set on the calibration groups of ``benchmarks/diagnosis.py`` alone.

Shares are of the way from L0, the loss of a constant prediction, to the lowest possible loss, unless said otherwise.
Those marked * come from the tool named beside them.
"""

from __future__ import annotations

MIN_REPORTS = 5  # fewer say nothing, unless the loss is no number

# diverging
DIVERGED_FACTOR = 2.0  # * TheDeepChecker: L over its running minimum
DIVERGED_CHECKS = 5  # * TheDeepChecker
DIVERGED_SHARE = 0.3  # how far L must also be above that minimum

# exploding gradients
EXPLODED_START = 5.0  # the first loss over L0: the start itself is broken
EXPLODED_MEDIANS = 10.0  # the gradient's length over its running median
EXPLODED_LAYERS = 70.0  # * AutoTrainer: first layer over last

# vanishing gradients
VANISHED_RATIO = 1e-2  # first layer over last, gradient of one weight
VANISHED_CHECKS = 3
VANISHED_LEFT = 0.5  # what is still to be learned

# dead ReLUs and saturation
DEAD_SHARE = 0.5  # * SageMaker Debugger
DEAD_LEFT = 0.25
SATURATED_SHARE = 0.5
SATURATED_LEFT = 0.25
ATTENUATION = 10.0

# oscillating
SWING = 0.04  # spread of L about its trend
SWING_TURNS = 0.3  # share of reports at which L turns

# slow and plateau
SLOW_UPDATE = 3e-4  # * CS231n: 1e-3 is healthy
SLOW_LEFT = 0.3
SLOW_FALL = 0.002  # from the first to the second half of the last fifth
PLATEAU_LEFT = 0.85
FLAT_SHARE = 0.02

# underfitting
UNDERFIT_LEFT = 0.55
UNDERFIT_GAP = 0.1
UNDERFIT_REFERENCE = 0.05  # metric below the reference model's

# overfitting, generalization gap, miscalibration
RISE_SHARE = 0.04
RISE_RELATIVE = 0.08
RISE_NOISE = 4.0
METRIC_HOLDS = 0.012
GAP_SHARE = 0.2
GAP_FACTOR = 2.0
GAP_METRIC = 0.08

# leakage and validation too small
SHARED_SHARE = 0.05
SHARED_ROWS = 3
FEW_ROWS = 20

# good fit
GOOD_LEFT = 0.6
GOOD_RISE = 0.05
