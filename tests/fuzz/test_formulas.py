"""The chain of a typed formula holds for every input that ever broke it, and for some hundreds of new ones."""

from __future__ import annotations

import pytest

from landscapes.tokens import MAX_LENGTH
from tests.fuzz.campaign import kept
from tests.fuzz.formula_inputs import formula_input
from tests.fuzz.formulas import run_chain

COUNT = 300


@pytest.mark.parametrize("text", kept("formulas"))
def test_what_once_failed_holds(text: str) -> None:
    run_chain(text)


def test_some_hundreds_of_inputs_hold() -> None:
    taken = [run_chain(formula_input(0, number), link=number == 0) is not None for number in range(COUNT)]
    assert 0.3 * COUNT < sum(taken) < 0.9 * COUNT


def test_an_input_is_found_again_by_its_number() -> None:
    assert formula_input(3, 17) == formula_input(3, 17)
    inputs = {formula_input(3, number) for number in range(COUNT)}
    assert len(inputs) > 0.95 * COUNT
    assert max(map(len, inputs)) <= MAX_LENGTH + 2
