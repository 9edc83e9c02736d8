"""``Measures``: the numbers that the rules of the diagnosis share, computed once from a history.

L is the training loss, V the validation loss; both are averaged over w = max(3, 5 % of the reports) where one value is
meant. A loss is judged in units of ``scale`` = L0 - floor, the way from the loss of a constant prediction to the lowest
that is possible, so that neither the unit of the loss nor a loss near zero matters. Noise is the median of the absolute
second differences, which a smooth trend leaves at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerals import readable
from trainers.diagnosis.history import Array, History, Layers

MIN_WINDOW, WINDOW_SHARE = 3, 0.05
BLOCKS, STEPS_PER_BLOCK = 50, 4  # blocks that losses by step are averaged over, and the fewest steps in one
NOTHING = 1e-290  # a way from L0 to the floor that is none: its products would underflow
MIN_REPORTS = 5  # fewer say nothing, unless the loss is no number
BAD_START = 10.0  # a first loss so far above L0 is a bad start, whatever follows
FLAT_SHARE = 0.02  # half the width of the band in which L counts as level
ABOVE_CHANCE = 0.7  # accuracy or R^2 at which a loss is not that of a constant prediction
TURNED = 0.01  # V above its lowest mean, from which on it has turned
BELOW = 0.05  # V below L that is worth a word
RATE_SPENT = 0.05  # rate over its highest, from which on it cannot be too high
FAINT = 0.06  # spread after the first layer; below it the weights are too small, and units merely look dead
DEAD_SHARE = 0.5  # of a layer's units (SageMaker Debugger)
COLLAPSED = 0.5  # length of the weights over that at the start
# Standard deviation from the median absolute second difference of independent normal noise: 1 / (0.6745 sqrt(6)).
_FROM_SECOND_DIFFERENCES = 0.6053


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Everything a rule may look at. Arrays end before ``broken``, the first report that is no number (None: none).

    epochs, train: where training was measured. val_epochs, val: where validation was; train_at_val: L beside it.
    step_error: standard error of L where it is the mean over a block of single steps; 0 where it is not.
    """

    history: History
    broken: int | None
    epochs: Array
    train: Array
    rows: NDArray[np.intp]
    val_epochs: Array
    val: Array
    train_at_val: Array
    val_rows_index: NDArray[np.intp]
    step_error: float = 0.0

    @property
    def n(self) -> int:
        return len(self.train)

    @property
    def has_val(self) -> bool:
        return len(self.val) > 0

    @property
    def last_epoch(self) -> float:
        return float(self.history.epochs[-1]) if len(self.history) else 0.0

    @cached_property
    def window(self) -> int:
        return window_of(self.n)

    @cached_property
    def smooth_train(self) -> Array:
        return trailing_mean(self.train, self.window)

    @cached_property
    def smooth_val(self) -> Array:
        return trailing_mean(self.val, window_of(len(self.val)))

    @cached_property
    def smooth_train_at_val(self) -> Array:
        return trailing_mean(self.train_at_val, window_of(len(self.val)))

    @cached_property
    def train_noise(self) -> float:
        return noise_of(self.train[self.n // 2 :])

    @cached_property
    def val_noise(self) -> float:
        return noise_of(self.val[len(self.val) // 2 :])

    @cached_property
    def baseline(self) -> float:
        """L0: the loss of a constant prediction; the first training loss where that is not known."""
        if self.history.baseline_loss is not None:
            return self.history.baseline_loss
        return float(self.train[0]) if self.n else 0.0

    @cached_property
    def floor(self) -> float:
        """The lowest loss there can be: 0, or for losses that go below it the lowest that was seen."""
        lowest = min(float(self.train.min(initial=0.0)), float(self.val.min(initial=0.0)))
        return lowest

    @cached_property
    def scale(self) -> float:
        scale = self.baseline - self.floor
        return scale if scale > NOTHING else 0.0

    @property
    def now(self) -> float:
        """L at the end."""
        return float(self.smooth_train[-1])

    @property
    def val_now(self) -> float:
        """V at the end."""
        return float(self.smooth_val[-1])

    @cached_property
    def left(self) -> float:
        """The share of the way from L0 to the floor that L has not gone; 1 where there is no way."""
        return (self.now - self.floor) / self.scale if self.scale > 0 else 1.0

    @cached_property
    def best(self) -> int:
        """Position at which the average of V is lowest; one value, or two, are no average."""
        first = min(window_of(len(self.val)), len(self.val)) - 1
        return first + int(np.argmin(self.smooth_val[first:]))

    @cached_property
    def best_epoch(self) -> float:
        """Epoch of the lowest V among those in that average, which lags behind."""
        begins = max(0, self.best + 1 - window_of(len(self.val)))
        return float(self.val_epochs[begins + int(np.argmin(self.val[begins : self.best + 1]))])

    @cached_property
    def planned(self) -> float | None:
        """Epochs that the run may take, where the configuration says so."""
        epochs = self.history.setting("budget.epochs")
        return float(epochs) if isinstance(epochs, int | float) else None

    @cached_property
    def progress(self) -> float:
        """Share of the planned epochs that are done; 1 where no plan is known."""
        return min(1.0, self.last_epoch / self.planned) if self.planned else 1.0

    @property
    def asked(self) -> float:
        """The strength from which a claim about rate or fit stands: twice the usual one at the start of the budget."""
        return 2.0 - self.progress

    @cached_property
    def flat_since(self) -> int | None:
        """Position since which L stays within a narrow band; None where it does not at the end."""
        band = max(FLAT_SHARE * self.scale, 3 * self.train_noise)
        within = np.abs(self.smooth_train - self.now) <= band
        outside = np.flatnonzero(~within)
        begins = int(outside[-1]) + 1 if len(outside) else 0
        return begins if self.n - begins >= 5 else None

    @cached_property
    def trend(self) -> Trend:
        return trend_of(self.train, max(6, round(0.2 * self.n)))

    @cached_property
    def layers(self) -> Layers | None:
        """The inside of the network at the reports in ``rows``."""
        inside = self.history.internals
        if inside is None:
            return None
        columns = {name: values[self.rows] for name, values in inside.columns.items()}
        return Layers(names=inside.names, sizes=inside.sizes, columns=columns)

    @cached_property
    def gradient_rms(self) -> Array | None:
        """``(reports, layers)``: root mean square of the gradient of one weight."""
        if self.layers is None:
            return None
        return self.layers["grad_norm"] / np.sqrt(np.maximum(self.layers.sizes, 1.0))

    @cached_property
    def update_ratio(self) -> float | None:
        """The median over layers and the first quarter of the reports of |update| / |weights|.

        Later on it says less: at a minimum, or at the end of a schedule, every update is small.
        """
        if self.layers is None:
            return None
        values = self.layers["update_ratio"][: max(4, self.n // 4)]
        values = values[np.isfinite(values)]
        return float(np.median(values)) if len(values) else None

    @cached_property
    def first_update(self) -> float:
        """The median over layers of the first |update| / |weights| that was measured; 0 where none was."""
        if self.history.internals is None:
            return 0.0
        values = self.history.internals["update_ratio"]
        seen = np.flatnonzero(np.isfinite(values).any(1))
        return float(np.nanmedian(values[seen[0]])) if len(seen) else 0.0

    @cached_property
    def weights_kept(self) -> float:
        """Length of all weights at the end over that at the first look; 1 where the inside is not known."""
        if self.layers is None:
            return 1.0
        lengths = np.sqrt(np.nansum(self.layers["weight_norm"] ** 2, axis=1))
        lengths = lengths[lengths > 0]
        return float(lengths[-1] / lengths[0]) if len(lengths) else 1.0

    @cached_property
    def moved(self) -> float:
        """How far the first layer's weights are from where they began, over their length there; 0 where not known."""
        if self.layers is None:
            return 0.0
        ways = self.layers["distance"][:, 0]
        ways = ways[np.isfinite(ways)]
        return float(ways[-1]) if len(ways) else 0.0

    @cached_property
    def saturated(self) -> float | None:
        """The largest share of saturated units that a layer has had; None where no activation has two flat ends."""
        if self.layers is None:
            return None
        values = self.layers["saturated_share"]
        return float(np.nanmax(values)) if np.isfinite(values).any() else None

    @cached_property
    def flat_ends(self) -> float:
        """How close a layer has been to standing at the two ends of its activation, from its first look to its last.

        The spread of what it gives on, over half the way between the ends: 1 where every value is at one of them.
        """
        if self.layers is None:
            return 0.0
        flat, spread = self.layers["saturated_share"], self.layers["activation_std"]
        seen = np.flatnonzero(np.isfinite(flat).any(1))
        if not len(seen):
            return 0.0
        half = _half_range(self.history.setting("model.activation"))
        looks = np.where(np.isfinite(flat) & np.isfinite(spread), spread, 0.0)[seen[[0, -1]]]
        return float(looks.min(0).max()) / half

    @cached_property
    def collapsed(self) -> bool:
        """Whether the weights have shrunk away since the first look."""
        return self.weights_kept < COLLAPSED

    @cached_property
    def one_layer(self) -> bool:
        """Whether the model is a weighted sum: its loss has no saddle, and its gradient no depth."""
        if self.history.setting("model.name") in ("linear", "logistic"):
            return True
        return self.layers is not None and len(self.layers.names) == 1

    @cached_property
    def starts_at(self) -> float:
        """The first loss in units of L0, both above the floor; 1 where that is not known."""
        known = self.history.baseline_loss is not None and self.n > 0 and self.scale > 0
        return (float(self.train[0]) - self.floor) / self.scale if known else 1.0

    @cached_property
    def bad_start(self) -> bool:
        """Whether the first loss is far above that of a constant prediction, where that is known."""
        return self.starts_at >= BAD_START

    @cached_property
    def faint(self) -> bool:
        """Whether hardly any signal leaves the first layer though its units are alive: the weights are too small."""
        if self.layers is None:
            return False
        spread, dead = self.layers["activation_std"][-1, 0], self.layers["dead_share"][-1, 0]
        return bool(spread < FAINT) and not dead >= DEAD_SHARE

    @cached_property
    def swing(self) -> Swing:
        """How L moves from report to report over the last third."""
        return swing_of(self.train)

    @cached_property
    def val_swing(self) -> Swing:
        """How V does."""
        return swing_of(self.val)

    @cached_property
    def percent(self) -> float:
        """What makes shares of the metrics: 0.01 where they are given in percent."""
        values = np.concatenate([self.history.train_metric, self.history.val_metric])
        values = values[np.isfinite(values)]
        return 0.01 if len(values) and 1 < values.max() <= 100 and values.min() >= 0 else 1.0

    @property
    def metric_word(self) -> str:
        """What a sentence calls the metric: "accuracy" or "R²" where the configuration is known."""
        return getattr(self.history.config, "metric_name", "the metric")

    @cached_property
    def metrics(self) -> tuple[Array, Array]:
        """(train, val) metric where V is measured, accuracy as a share; NaN where there is none.

        That of training is the mean since the last such place.
        """
        train, val = (self.percent * metric for metric in (self.history.train_metric, self.history.val_metric))
        measured = np.flatnonzero(np.isfinite(train))
        if len(measured) and len(self.val_rows_index) and measured[0] <= self.val_rows_index[0]:
            return _since_last(train, measured, self.val_rows_index), val[self.val_rows_index]
        return train[self.val_rows_index], val[self.val_rows_index]

    @cached_property
    def metric_now(self) -> tuple[float, float]:
        """(train, val) metric at the end, averaged; NaN where there is none."""
        window = window_of(len(self.val))
        train, val = (values[-window:] for values in self.metrics)
        if not self.has_val:
            train = self.percent * self.history.train_metric[-self.window :]
        return mean_of(train), mean_of(val)

    @cached_property
    def knows_better(self) -> bool:
        """Whether a metric stands well above chance, where nothing else says what the loss can be measured against."""
        metrics = [metric for metric in self.metric_now if np.isfinite(metric)]
        return self.history.baseline_loss is None and bool(metrics) and max(metrics) >= ABOVE_CHANCE

    @property
    def curves_alone(self) -> bool:
        """Whether neither the loss of a constant prediction nor the inside of the network is known."""
        return self.history.baseline_loss is None and self.history.internals is None

    @property
    def began(self) -> str:
        """What L is measured against, in words."""
        if self.history.baseline_loss is None:
            return f"it began at {readable(self.baseline)}"
        return f"a constant prediction has {readable(self.baseline)}"

    @property
    def turned(self) -> bool:
        """Whether V stands above its lowest mean by more than its noise, and has for a while."""
        if len(self.val) < 2 * MIN_REPORTS:
            return False
        low, lasted = float(self.smooth_val[self.best]), len(self.val) - 1 - self.best
        error = self.val_noise / np.sqrt(window_of(len(self.val)))
        return lasted >= MIN_WINDOW and self.val_now - low > max(TURNED * abs(low - self.floor), 3 * error)

    @property
    def may_have_turned(self) -> bool:
        """Whether V stands above its lowest where there is too little of it to say more."""
        few = MIN_WINDOW <= len(self.val) < 2 * MIN_REPORTS
        return few and bool(self.val[-1] - self.val.min() > TURNED * abs(self.val.min() - self.floor))

    @cached_property
    def below(self) -> bool:
        """Whether V stands below L at the end, by more than the noise of both."""
        if len(self.val) < MIN_WINDOW or not self.n:
            return False
        error = np.hypot(self.val_noise, self.train_noise) / np.sqrt(window_of(len(self.val)))
        now = float(self.smooth_train_at_val[-1])
        return bool(now - self.val_now > max(BELOW * abs(now - self.floor), 3 * error, NOTHING))

    @cached_property
    def rate_spent(self) -> bool:
        """Whether the rate has fallen to a few percent of its highest."""
        rates = self.history.lr[np.isfinite(self.history.lr)]
        return len(rates) > 1 and bool(rates[-1] <= RATE_SPENT * rates.max())

    @cached_property
    def val_count(self) -> int | None:
        """Rows of the validation part: known, or the smallest number of which all accuracies are multiples."""
        if self.history.val_rows is not None:
            return self.history.val_rows
        return rows_from_accuracies(self.percent * self.history.val_metric)

    @cached_property
    def rate_rises(self) -> bool:
        """Whether the learning rate rises again after it has fallen, as in warm restarts."""
        if self.history.setting("schedule.name") in ("warm_restarts", "cyclical"):
            return True
        rates = self.history.lr[np.isfinite(self.history.lr)]
        if len(rates) < 3:
            return False
        change = np.diff(rates)
        fell = np.flatnonzero(change < 0)
        return bool(len(fell) and (change[fell[0] :] > 0).any())


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How a loss moves over the last reports: its fall from their first to their second half, with standard error."""

    fall: float
    error: float

    @property
    def falls(self) -> bool:
        return self.fall > 2 * self.error and self.fall > 0


@dataclass(frozen=True, kw_only=True)
class Swing:
    """size: root mean square of the steps up, or of those down if that is less. turns: share of reports where L turns.

    For steps that go up as much as down, the size is their root mean square over the root of 2.
    """

    size: float
    turns: float
    reports: int
    low: float
    high: float
    mean: float


def measure(history: History) -> Measures:
    """Read a history. Numbers from the first one on that is none are left to the rule of divergence.

    Each validation point is paired with the mean of the training losses since the one before. Where training was logged
    far more often than validation, step by step, its noise is averaged over blocks of equal length.
    """
    has_train, has_val, bad = _readable(history)
    broken = int(np.argmax(bad)) if bad.any() else None
    upto = np.arange(len(history)) < (len(history) if broken is None else broken)
    rows, val_rows = np.flatnonzero(has_train & upto), np.flatnonzero(has_val & upto)
    # Before the first training loss there is nothing to pair with.
    val_rows = val_rows[val_rows >= (rows[0] if len(rows) else len(history))]
    train = history.train_loss[rows]
    error = 0.0
    size = _block(len(rows), len(val_rows), history)
    if size > 1:
        blocks = np.arange(len(rows) % size, len(rows) + 1, size)
        error = noise_of(train[len(train) // 2 :]) / float(np.sqrt(size))
        train, rows = _block_means(train, blocks), rows[blocks[1:] - 1]
    return Measures(
        history=history,
        broken=broken,
        rows=rows,
        epochs=history.epochs[rows],
        train=train,
        val_rows_index=val_rows,
        val_epochs=history.epochs[val_rows],
        val=history.val_loss[val_rows],
        step_error=error,
        train_at_val=_since_last(history.train_loss, np.flatnonzero(has_train & upto), val_rows),
    )


def _readable(history: History) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Where there is a training loss, where a validation loss, and where one of them broke.

    NaN means that a loss broke, unless the log says otherwise: NaN in training that a number follows, or NaN in
    validation beside a training loss that is one, was not measured. Zeros alone are no validation loss beside a
    training loss that has other values: some tools write them where validation is skipped.
    """
    has_train, has_val = ~history.missing_train, ~history.missing_val
    train, val = history.train_loss, history.val_loss
    finite_train, finite_val = np.isfinite(train), np.isfinite(val)
    after = np.cumsum(finite_train[::-1])[::-1] > 0
    gap = np.isnan(train) & has_train & after
    if gap.any():
        gap |= np.isnan(train) & has_train & finite_val
    has_train &= ~gap
    unmeasured = np.isnan(val) & has_val & (finite_train | ~has_train)
    if unmeasured.any():
        first = int(np.argmax(unmeasured))
        # Measured at every report, and then no number to the end: that is a loss which broke.
        always = first >= MIN_WINDOW and len(val) - first >= MIN_WINDOW
        if not (always and finite_val[:first].all() and unmeasured[first:].all()):
            has_val &= ~unmeasured
    if has_val.sum() > 1 and not val[has_val].any() and train[has_train].any():
        has_val &= False
    # The squares of such numbers are still numbers.
    with np.errstate(invalid="ignore"):
        bad = has_train & ~(np.abs(train) <= 1e100)
        bad |= has_val & ~(np.abs(val) <= 1e100)
    return has_train, has_val, bad


def _block(train: int, val: int, history: History) -> int:
    """How many training losses make one, where they are single steps."""
    if history.internals is not None or history.config is not None or not val:
        return 1
    size = train // max(val, BLOCKS)
    return size if size >= STEPS_PER_BLOCK else 1


def _block_means(values: Array, edges: NDArray[np.intp]) -> Array:
    return np.add.reduceat(values[edges[0] : edges[-1]], edges[:-1] - edges[0]) / np.diff(edges)


def _since_last(values: Array, rows: NDArray[np.intp], at: NDArray[np.intp]) -> Array:
    """At each of these places, the mean of the values in ``rows`` since the place before; the last one if none."""
    if not len(at) or not len(rows):
        return np.full(len(at), np.nan)
    sums = np.concatenate([[0.0], np.cumsum(values[rows])])
    ends = np.searchsorted(rows, at, side="right")
    begins = np.concatenate([[0], ends[:-1]])
    begins = np.where(begins < ends, begins, ends - 1)
    means = (sums[ends] - sums[begins]) / (ends - begins)
    # Where both are logged at every report, the numbers are these, without rounding.
    return np.where(ends - begins == 1, values[rows[ends - 1]], means)


@lru_cache(maxsize=64)
def _half_range(activation: str | None) -> float:
    """Half the way between the two ends of an activation; 1, as of tanh, where it is not known."""
    from networks import ACTIVATIONS

    entry = ACTIVATIONS.get(activation or "tanh")
    if entry is None or entry.saturates != "both":
        return 1.0
    low, high = entry.value(np.array([-1e9, 1e9]), entry.choose())
    return float(high - low) / 2


def window_of(count: int) -> int:
    return max(MIN_WINDOW, round(WINDOW_SHARE * count))


def trailing_mean(values: Array, window: int) -> Array:
    """The mean of each value and those before it, ``window`` in all where there are as many."""
    if not len(values):
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def noise_of(values: Array) -> float:
    """Standard deviation about a smooth trend."""
    if len(values) < 4:
        return 0.0
    return float(np.median(np.abs(np.diff(values, 2)))) * _FROM_SECOND_DIFFERENCES


def swing_of(values: Array) -> Swing:
    """How a loss moves from report to report over the last third, 8 reports at least."""
    tail = values[-max(8, len(values) // 3) :]
    if not len(tail):
        return Swing(size=0.0, turns=0.0, reports=0, low=0.0, high=0.0, mean=0.0)
    steps = np.diff(tail)
    turns = float(np.mean(np.sign(steps[1:]) != np.sign(steps[:-1]))) if len(steps) > 1 else 0.0
    # A descent goes one way only: what counts has to come back.
    ways = (np.maximum(steps, 0.0), np.maximum(-steps, 0.0))
    size = min(float(np.sqrt(np.mean(way**2))) for way in ways) if len(steps) else 0.0
    low, high, mean = (float(of(tail)) for of in (np.min, np.max, np.mean))
    return Swing(size=size, turns=turns, reports=len(tail), low=low, high=high, mean=mean)


def trend_of(values: Array, count: int) -> Trend:
    tail = values[-count:]
    if len(tail) < 4:
        return Trend(fall=0.0, error=np.inf)
    half = len(tail) // 2
    fall = float(tail[:half].mean() - tail[-half:].mean())
    return Trend(fall=fall, error=noise_of(tail) * float(np.sqrt(2 / half)))


def mean_of(values: Array) -> float:
    """The mean of what is a number; NaN where nothing is."""
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else float("nan")


def rows_from_accuracies(values: Array) -> int | None:
    """The smallest number of rows, up to 50, that gives all these accuracies; None where there is none or no choice."""
    values = np.unique(values[np.isfinite(values)])
    values = values[(values > 0) & (values < 1)]
    if len(values) < 3:
        return None
    counts = np.arange(1, 51)
    products = counts[:, None] * values
    whole = (np.abs(products - np.round(products)) < 1e-4 * counts[:, None]).all(1)
    return int(counts[whole][0]) if whole.any() else None


def onset(holds: NDArray[Any]) -> int:
    """Where the unbroken stretch of truth at the end begins; the length where the last is false."""
    false = np.flatnonzero(~holds)
    return int(false[-1]) + 1 if len(false) else 0
