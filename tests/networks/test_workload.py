"""Measuring a set-up is no more work than a server can do for one link."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from experiments.initialization.settings import PRESETS, declared, setups_of
from networks import INITIALIZERS, Setup
from networks.kept_traces import KeptTraces, Turns
from networks.workload import MEMORY, MOST, affordable, multiplications, shortened
from settings import read_settings

LARGEST = Setup(activation="tanh", initializer="xavier_normal", widths=(2048,) * 51, samples=5000)


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_measured_as_asked(key: str) -> None:
    for setup in setups_of(read_settings(declared, PRESETS[key].query)[0]):
        assert affordable(setup) == setup
        assert shortened(setup, affordable(setup)) == ""


def test_fewer_inputs_are_sent_through_a_large_network_and_it_is_told() -> None:
    measured = affordable(LARGEST)
    assert measured == replace(LARGEST, samples=measured.samples)
    assert 100 <= measured.samples < 500
    assert 0.5 * MOST < multiplications(measured) <= MOST
    assert 8 * sum(measured.widths) * measured.samples <= 0.75 * MEMORY
    assert shortened(LARGEST, measured) == (
        f"This is more than is measured for one link; shown are {measured.samples} inputs for 5,000."
    )
    assert affordable(measured) == measured


def test_matrices_that_take_a_factorization_each_make_layers_narrower() -> None:
    asked = replace(LARGEST, initializer="orthogonal", scale=None)
    measured = affordable(asked)
    assert 500 < max(measured.widths) < 2048
    assert measured.depth == 50
    assert measured.samples == 100
    assert multiplications(measured) <= MOST
    assert "units for 2,048 and 100 inputs for 5,000" in shortened(asked, measured)


@pytest.mark.parametrize("key", INITIALIZERS)
@pytest.mark.parametrize("widths", [(2048,) * 101, (2048, 1) * 20, (1,) * 41, (1, 2048, 2048, 3)])
def test_whatever_is_asked_is_bounded_and_keeps_its_form(key: str, widths: tuple[int, ...]) -> None:
    for samples in (2, 10, 5000):
        measured = affordable(Setup(initializer=key, widths=widths, samples=samples))
        assert multiplications(measured) <= MOST
        assert measured.depth == len(widths) - 1
        assert 2 <= measured.samples <= samples


def test_quick_set_ups_do_not_wait_for_long_ones() -> None:
    traces, quick = KeptTraces(most=2), Setup(widths=(32,) * 6, samples=100)
    assert traces.turn(LARGEST) is traces.turn(affordable(LARGEST))
    assert traces.turn(quick) is not traces.turn(LARGEST)


def test_who_has_waited_longest_is_next_and_who_leaves_holds_up_nobody() -> None:
    turns, order, waiting = Turns(), [], [threading.Event() for _ in range(3)]

    class Left(Exception):
        pass

    def work(number: int) -> None:
        def waits() -> None:
            waiting[number].set()
            if number == 1:
                raise Left

        with suppress(Left), turns.taken(waits, every=0.001):
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    with turns.taken(lambda: None):
        for thread, waits in zip(threads, waiting, strict=True):
            thread.start()
            assert waits.wait(30)
        threads[1].join(30)
        assert order == []
    for thread in threads:
        thread.join(30)
    assert order == [0, 2]
