"""The numbers of the diagnosis, frozen: set on four groups of runs before the fifth, which is reported, was trained.

They were set with ``benchmarks/diagnosis.py``. Shares are of the way from L0, the loss of a constant prediction, to the
lowest possible loss, unless said otherwise. Those marked * come from the tool named beside them.
"""

from __future__ import annotations

MIN_REPORTS = 5  # fewer say nothing, unless the loss is no number

# diverging
DIVERGED_FACTOR = 2.0  # * TheDeepChecker: L over its running minimum
DIVERGED_CHECKS = 5  # * TheDeepChecker
DIVERGED_SHARE = 0.3  # how far L must also be above that minimum
DIVERGED_LEFT = 0.7
DIVERGED_BEYOND = 1.2  # L over where it began

# exploding gradients
EXPLODED_START = 10.0  # the first loss over L0: the start itself is broken
HEALS = 0.2  # L over its first value after a few reports, where it heals by itself
EXPLODED_MEDIANS = 10.0  # the gradient's length over its running median
EXPLODED_UPDATE = 0.05  # the first update over the weights, beyond which it is the rate

# vanishing gradients
VANISHED_RATIO = 1e-3  # first layer over last, gradient of one weight
VANISHED_CHECKS = 3
VANISHED_LEFT = 0.5  # what is still to be learned

# dead ReLUs and saturation
DEAD_SHARE = 0.5  # * SageMaker Debugger
DEAD_LEFT = 0.25
FAINT = 0.06  # spread after the first layer; below it the weights are too small, and units merely look dead
STANDS = 0.1  # share of what is left that may still fall over the last fifth
SATURATED_SHARE = 0.5
SATURATED_LEFT = 0.25
SATURATED_AT_START = 0.4  # where the first loss is SLOW_START times L0
FLAT_ENDS = 0.9  # spread of a layer's values, over the largest between the ends of its activation
FLAT_ENDS_START = 3.0  # the first loss over L0, where that spread says that the start is saturated

# oscillating
SWING = 0.03  # spread of L about its trend that is one
SWING_MATTERS = 0.045  # spread of L about its trend that is a complaint
SWING_RETURNS = 3  # how often L must turn back by the former: up, down and up again
SWING_EARLY = 4.0  # reports at which twice that is asked for
SWING_TURNS = 0.3  # share of reports at which L turns
SWING_GAIN = 0.03  # mean of the swings over their lowest: what a calmer rate is worth
SWING_GAIN_RELATIVE = 0.1  # the same, as a share of that mean
SWING_OVER_RISE = 2.0  # how wide it must be where validation has turned as well

# slow and plateau
SLOW_UPDATE = 7e-4  # * CS231n: 1e-3 is healthy
SLOW_UPDATE_LINEAR = 2e-3  # where there is one layer: it starts with small weights
SLOW_START = 10.0  # a first loss so far above L0 is a bad start, whatever follows
SLOW_LEFT = 0.25
SLOW_LEFT_ALONE = 0.5  # where the inside is not known
SLOW_FALL = 0.002  # from the first to the second half of the last fifth, where the inside is not known
SLOW_LINEAR_LEFT = 0.2  # with one layer at the end of the budget, where L still falls
SLOW_LINEAR_FALL = 0.02  # by so much from the first to the second half of the last fifth
SLOW_LINEAR_BUDGET = 0.9  # share of the planned epochs
SLOW_SINCE_START = 0.01  # how far L has come at the least
PLATEAU_LEFT = 0.97
PLATEAU_LEFT_ALONE = 0.85  # where the loss of a constant prediction is not known
PLATEAU_MOVED = 0.2  # way of the first layer's weights over their length; beyond it, this is no standstill
FLAT_SHARE = 0.02

# underfitting
UNDERFIT_LEFT = 0.55
UNDERFIT_BUDGET = 0.5  # share of the planned epochs before which nothing is said
PACE_SHARE = 1 / 3  # of the work done, whose pace is taken for what comes
COLLAPSED = 0.5  # length of the weights over that at the start
COLLAPSED_LEFT = 0.2
UNDERFIT_GAP = 0.1
UNDERFIT_GAP_FACTOR = 2.5  # so much wider where a reference model has spoken
UNDERFIT_REFERENCE_LEFT = 0.15
UNDERFIT_REFERENCE = 0.03  # metric below the reference model's, after the same budget again
UNDERFIT_ERRORS = 3.0  # the same, in standard errors of the reference
UNDERFIT_FALL = 0.2  # share of what is left that the same budget again may take away

# overfitting, generalization gap, miscalibration
RISE_SHARE = 0.04
RISE_RELATIVE = 0.08
RISE_NOISE = 4.0
RISE_PAID = 0.95  # L over what it was at the best V, at the most
METRIC_HOLDS = 0.015
GAP_SHARE = 0.15
GAP_SHARE_ALONE = 0.22  # where no metric says the same
GAP_FACTOR = 2.0
GAP_METRIC = 0.05

# leakage and validation too small
SHARED_SHARE = 0.05
SHARED_ROWS = 3
FEW_ROWS = 20
GIVEAWAY = 0.99  # score of one feature alone; a good feature may come close

# good fit
GOOD_LEFT = 0.4
GOOD_LEFT_BESIDE = 0.8  # where a reference model does no better
GOOD_RISE = 0.05
