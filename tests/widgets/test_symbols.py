"""Labels are read aloud as they are seen."""

from __future__ import annotations

import pytest

from landscapes import LANDSCAPES
from networks import ACTIVATIONS, INITIALIZERS
from optimizers import OPTIMIZERS, SCHEDULES
from widgets.symbols import spoken


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (r"Noise $\sigma$", "Noise \N{GREEK SMALL LETTER SIGMA}"),
        (r"Spread $\sigma$ of inputs", "Spread \N{GREEK SMALL LETTER SIGMA} of inputs"),
        (r"Biases $\sigma_b$", "Biases \N{GREEK SMALL LETTER SIGMA} b"),
        (r"beta1 $\beta_1$", "beta1 \N{GREEK SMALL LETTER BETA}\N{SUBSCRIPT ONE}"),
        (r"smallest $\eta_{\min}$", "smallest \N{GREEK SMALL LETTER ETA} min"),
        (r"trust $\Delta_0$", "trust \N{GREEK CAPITAL LETTER DELTA}\N{SUBSCRIPT ZERO}"),
        (r"start $v_\mathrm{init}$", "start v init"),
        (r"damping $\lambda$", "damping \N{GREEK SMALL LETTER LAMDA}"),
        (r"mode $\mathrm{mode}$", "mode"),
        ("a $a$", "a"),
        ("Seed", "Seed"),
    ],
)
def test_a_symbol_is_written_as_letters(label: str, words: str) -> None:
    assert spoken(label) == words


@pytest.mark.parametrize("catalogue", [LANDSCAPES, OPTIMIZERS, SCHEDULES, ACTIVATIONS, INITIALIZERS])
def test_no_label_of_a_catalogue_has_latex_left(catalogue) -> None:
    for item in catalogue.values():
        for parameter in item.hyperparameters:
            assert not set(spoken(f"x ${parameter.symbol}$")) & set("$\\{}_"), parameter.symbol
