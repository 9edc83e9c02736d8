"""Each preset of a search shows what its sentence says: the cells that it speaks of are trained as the search would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from experiments.search import PRESETS, SearchCodec
from trainers import stack_key, train, train_together
from trainers.sweeps import MAX_RUNS, SweepRequest

DIVERGED = math.inf


def asked(key: str) -> SweepRequest:
    """What the preset asks a worker for."""
    shown, problems = SearchCodec().read(PRESETS[key].query)
    assert problems == []
    return shown.sweep


def curves(request: SweepRequest, cells: Sequence[tuple[int, dict[str, Any]]]) -> list[list[float]]:
    """Validation losses by epoch, of the first seed; a cell is the number of its study and its values."""
    parts = request.parts
    configs = [
        request.configured(parts[number], values, 0).changed({"watch.internals": False}) for number, values in cells
    ]
    told: list[list[float]] = [[] for _ in configs]
    keys = [stack_key(config) for config in configs]
    for key in dict.fromkeys(keys):
        places = [place for place, own in enumerate(keys) if own == key]
        if key is not None and len(places) > 1:

            def note(batch: Any, places: list[int] = places) -> None:
                for number, reports in batch.items():
                    told[places[number]] += [report.val_loss for report in reports if report.complete]

            train_together([configs[place] for place in places], report=note, threads=1)
            continue
        for place in places:

            def add(reports: Any, place: int = place) -> None:
                told[place] += [report.val_loss for report in reports if report.complete]

            train(configs[place], report=add, threads=1)
    return told


def scores(request: SweepRequest, cells: Sequence[tuple[int, dict[str, Any]]]) -> list[float]:
    """The best validation loss of each; ``DIVERGED`` where it became no number."""
    return [min(told) if math.isfinite(told[-1]) else DIVERGED for told in curves(request, cells)]


@pytest.mark.parametrize("key", PRESETS)
def test_each_is_small_and_its_values_are_those_it_speaks_of(key: str) -> None:
    request = asked(key)
    assert request.runs <= MAX_RUNS / 4
    assert request.goal == "val_loss"


def test_too_low_crawls_good_arrives_high_gets_stuck_and_very_high_climbs() -> None:
    request = asked("rates")
    low, good, high, highest = curves(request, [(0, {"optimizer.lr": rate}) for rate in request.axes[0].values])
    assert all(after <= before for before, after in pairwise(low))
    assert low[-1] > 2 * min(good)
    assert min(high) > 2 * min(good)
    assert high[-1] < high[0]
    assert not highest[-1] <= highest[0]  # nor is it a number, on some machines


def test_the_grid_tries_four_values_of_what_matters_and_chance_one_in_every_trial() -> None:
    request = asked("grid_random")
    assert request.samplers == ("grid", "random", "tpe")
    assert {request.trials_of(part) for part in request.parts} == {16}
    assert [len(values) for values in request.grid.values()] == [4, 4]


def test_rows_help_until_noise_is_left() -> None:
    request = asked("rows")
    name, counts = request.axes[0].name, request.axes[0].values
    assert (counts[0], counts[4:]) == (20, (320, 640, 1200))
    few, some, more, most = scores(request, [(0, {name: rows}) for rows in (counts[0], counts[3], *counts[5:])])
    assert few > 2 * some > 3 * more
    assert most == pytest.approx(more, rel=0.1)


def test_the_wider_the_network_the_lower_the_rate_that_breaks_it() -> None:
    request = asked("width_rate")
    rates = request.grid["optimizer.lr"]

    def row(width: int) -> list[float]:
        return scores(request, [(0, {"optimizer.lr": rate, "model.width": width}) for rate in rates[-3:]])

    narrow, middle, wide = ([score == DIVERGED for score in row(width)] for width in request.axes[1].values[1:])
    assert sum(narrow) <= sum(middle) <= sum(wide)
    assert not any(narrow[:2])
    assert wide == [False, True, True]


def test_adamw_needs_far_more_decay_than_l2_in_adam_at_every_rate() -> None:
    request = asked("decay")
    decays = request.axes[1].values
    for number, best in enumerate((0.1, 10.0)):
        for rate in request.grid["optimizer.lr"][:3]:
            told = scores(request, [(number, {"optimizer.lr": rate, "decay": decay}) for decay in decays])
            assert decays[told.index(min(told))] == best


def test_four_times_the_batch_takes_four_times_the_rate_until_it_is_all_rows() -> None:
    request = asked("batch")
    rates, batches = request.grid["optimizer.lr"], request.axes[1].values
    assert batches == (4, 16, 64, 256)
    assert all(after == pytest.approx(4 * before, rel=0.01) for before, after in pairwise(rates))

    def at(batch: int, places: Sequence[int]) -> list[float]:
        cells = [(0, {"optimizer.lr": rates[place], "budget.batch_size": batches[batch]}) for place in places]
        return scores(request, cells)

    for batch in (1, 2):
        below, best, above = at(batch, (batch, batch + 1, batch + 2))
        assert best < below
        assert best < above
    assert at(3, (4,))[0] > 1.2 * at(3, (3,))[0]


def test_with_batch_norm_the_network_learns_at_rates_that_break_it_without() -> None:
    request = asked("batch_norm")
    rates = request.grid["optimizer.lr"][4:6]
    cells = [(number, {"optimizer.lr": rate}) for number in (0, 1) for rate in rates]
    plain, normalized = scores(request, cells[:2]), scores(request, cells[2:])
    assert plain == [DIVERGED, DIVERGED]
    assert max(normalized) < 0.2


def test_deep_plain_networks_stop_learning_and_residual_ones_do_not() -> None:
    request = asked("depth")
    shallow, deep, bridged = scores(request, [(0, {"model.depth": 4}), *((n, {"model.depth": 32}) for n in (0, 1))])
    assert deep > 2.5 * shallow
    assert bridged < 1.5 * shallow
