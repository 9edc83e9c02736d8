"""Many rows and many weights: the paths are those of a plain loop, and the lecture's two halves show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from experiments.neuron.many_rows import (
    PRESETS,
    ManyRows,
    Solved,
    Walked,
    declared,
    drawn_rows,
    largest_rate,
    many_rows_of,
    many_rows_sentences,
    solve,
    solved,
)
from optimizers import Batches
from settings import SettingsCodec

SMALL = ManyRows(rows=130, features=7, batch=20, epochs=3, draw=5)


def by_batch(result: Solved) -> dict[int, Walked]:
    return {walked.batch: walked for walked in result.walked}


@pytest.mark.parametrize("falls", [False, True])
def test_every_path_is_that_of_a_plain_loop_by_autograd(falls: bool) -> None:
    asked = replace(SMALL, falls=falls)
    result = solve(asked)
    features, target = map(torch.from_numpy, drawn_rows(asked))
    least = torch.linalg.lstsq(features, target[:, None]).solution[:, 0]
    lowest = float(((features @ least - target) ** 2).mean())
    assert result.least == pytest.approx(lowest, rel=1e-12)
    assert result.start == pytest.approx(float((target**2).mean()))
    for batch, walked in by_batch(result).items():
        batches = Batches(rows=asked.rows, size=batch or asked.rows, seed=asked.draw)
        weights = torch.zeros(asked.features, dtype=torch.float64, requires_grad=True)
        steps = int(walked.iterations[-1])
        assert steps == asked.epochs * batches.an_epoch
        told = []
        for k in range(steps + 1):
            with torch.no_grad():
                told.append(float(((features @ weights - target) ** 2).mean()) - lowest)
            rows = torch.from_numpy(np.sort(batches.of_step(k)))
            loss = ((features[rows] @ weights - target[rows]) ** 2).mean()
            (slope,) = torch.autograd.grad(loss, weights)
            rate = walked.rate / (1 + k / batches.an_epoch if falls and batch else 1)
            with torch.no_grad():
                weights -= rate * slope
        np.testing.assert_allclose(walked.excess, np.array(told)[walked.iterations], rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(walked.epochs, walked.iterations / batches.an_epoch)


def test_all_rows_diverge_from_two_over_l_on() -> None:
    random = np.random.default_rng(0)
    features = random.standard_normal((200, 3)) * np.array([1.0, 2.0, 3.0])
    curvatures = np.linalg.eigvalsh(2 * features.T @ features / 200).astype(np.float64)
    assert largest_rate(curvatures, 0) == pytest.approx(2 / curvatures[-1])
    lasting = replace(SMALL, epochs=200, all=1.02)
    assert by_batch(solve(lasting))[0].excess[-1] > 10
    assert by_batch(solve(replace(lasting, all=0.98)))[0].excess[-1] < 1e-6


def test_single_rows_grow_from_their_largest_rate_on_and_stay_below_it() -> None:
    asked = ManyRows(rows=10_000, features=50, batch=100, epochs=3, noise=0.0)
    for share, grows in ((1.3, True), (0.7, False)):
        for batch, walked in by_batch(solve(replace(asked, some=share))).items():
            if batch:
                assert bool(walked.excess[-1] > walked.excess[0]) is grows, (batch, share)


def test_by_iteration_all_rows_lead_and_by_epoch_one_row_until_its_noise_holds_it() -> None:
    result = solved(ManyRows())
    whole, batch, single = (by_batch(result)[size] for size in (0, 100, 1))
    assert whole.at_iteration(20) < batch.at_iteration(20) < single.at_iteration(20)
    assert single.at_epoch(1) < batch.at_epoch(1) < whole.at_epoch(1) / 5
    assert whole.at_epoch(20) < single.at_epoch(20)
    sentences = many_rows_sentences(result)
    assert sentences[0].startswith("By iteration all rows lead: after 20 steps at 0.00")
    assert sentences[1].startswith("By epoch one row leads: after one pass over the rows at 0.02")
    assert sentences[3].startswith("All rows overtake one row after 1")


def test_a_rate_that_falls_sinks_below_one_that_does_not() -> None:
    asked = ManyRows(rows=3000, features=100, some=0.3)
    constant, falling = (by_batch(solve(replace(asked, falls=falls)))[1].excess[-1] for falls in (False, True))
    assert falling < constant / 3


def test_fewer_rows_than_weights_leave_many_best_ones_and_an_excess_all_the_same() -> None:
    result = solve(ManyRows(rows=100, features=200, batch=10, epochs=10, noise=0.1))
    assert result.least < 1e-12
    assert all(walked.excess[-1] < 0.1 * walked.excess[0] for walked in result.walked)


def test_what_diverges_is_told_and_breaks_nothing() -> None:
    result = solve(replace(SMALL, some=2.0, epochs=30))
    assert not np.isfinite(by_batch(result)[1].excess).all()
    assert any(sentence.startswith("One row diverges: a rate of ") for sentence in many_rows_sentences(result))


def test_progress_rises_and_can_end_the_work_which_others_then_do() -> None:
    asked = replace(SMALL, draw=77)
    told: list[float] = []

    class Left(Exception):
        pass

    def leave(share: float) -> None:
        raise Left

    with pytest.raises(Left):
        solved(asked, leave)
    result = solved(asked, told.append)
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] <= 1
    assert solved(asked) is result


def test_what_is_known_does_not_wait_for_what_is_worked_out() -> None:
    known, other = replace(SMALL, draw=78), replace(SMALL, draw=79)
    result = solved(known)
    seen: list[object] = []
    solved(other, lambda _share: seen.append(solved(known)))
    assert seen
    assert all(each is result for each in seen)


def test_presets_are_links_of_the_part_and_a_batch_is_no_larger_than_the_table() -> None:
    values = SettingsCodec(declared).read({"m.rows": "100", "m.batch": "1000"})[0]
    assert many_rows_of(values).batch == 100
    assert many_rows_of(SettingsCodec(declared).read({})[0]) == ManyRows()
    for preset in PRESETS:
        own = {key: text for key, text in preset.query.items() if key != "part"}
        assert SettingsCodec(declared).read(own)[1] == []
    values = SettingsCodec(declared).read({key: text for key, text in PRESETS[1].query.items() if key != "part"})[0]
    falling = solved(many_rows_of(values))
    constant = solved(replace(many_rows_of(values), falls=False))
    assert by_batch(falling)[1].excess[-1] < by_batch(constant)[1].excess[-1] / 3
