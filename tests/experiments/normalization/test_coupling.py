"""How rows depend on each other, against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from experiments.normalization.coupling import COUPLED_UNITS, WAYS, coupled_rows, coupling_inputs, coupling_sentence
from networks.activations import ACTIVATIONS
from networks.normalization import EPS

UNITS = COUPLED_UNITS


def _by_autograd(way: str, rows: int, deep: int, activation: str, seed: int) -> np.ndarray:
    inputs, weights = (torch.from_numpy(array) for array in coupling_inputs(rows, deep, seed))
    entry = ACTIVATIONS[activation]
    many = torch.from_numpy(np.random.default_rng([seed, 1]).normal(size=(2000, UNITS)))
    norms: list[nn.Module] = []
    for weight in weights:
        kinds = {"none": nn.Identity(), "layer": nn.LayerNorm(UNITS), "eval": nn.BatchNorm1d(UNITS)}
        norm = kinds.get(way, nn.BatchNorm1d(UNITS)).double()
        if way == "eval":
            z = many @ weight.T
            norm.running_mean, norm.running_var = z.mean(0), z.var(0, correction=0)  # pyright: ignore
            many = entry.tensor(norm.eval()(z), entry.choose()).detach()
        norms.append(norm)

    def network(x: Tensor) -> Tensor:
        for weight, norm in zip(weights, norms, strict=True):
            x = entry.tensor(norm(x @ weight.T), entry.choose())
        return x

    jacobian = torch.autograd.functional.jacobian(network, inputs)
    assert isinstance(jacobian, Tensor)
    return jacobian.square().sum((1, 3)).sqrt().numpy()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("rows", "deep", "activation"), [(2, 1, "tanh"), (7, 1, "relu"), (5, 3, "gelu")])
def test_the_matrix_is_that_of_autograd(way, rows, deep, activation):
    ours = coupled_rows(way, rows=rows, deep=deep, activation=activation, seed=3)
    np.testing.assert_allclose(ours.matrix, _by_autograd(way, rows, deep, activation, 3), rtol=1e-7, atol=1e-10)


def test_only_batch_normalization_in_training_couples_rows():
    coupled = {way: coupled_rows(way, rows=8, deep=2, activation="tanh", seed=0) for way in WAYS}
    assert coupled["batch"].others > 0.05
    assert all(one.others == pytest.approx(0, abs=1e-12) for way, one in coupled.items() if way != "batch")
    assert f"{100 * coupled['batch'].others:.3g} %" in coupling_sentence(coupled)


def test_of_two_rows_nothing_comes_through_but_what_epsilon_leaves():
    two, none = (coupled_rows(way, rows=2, deep=1, activation="tanh", seed=0) for way in ("batch", "none"))
    assert two.matrix.max() < 100 * EPS * none.matrix.max()


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="allowed is one of none, batch, eval, layer"):
        coupled_rows("weight", rows=2, deep=1, activation="tanh", seed=0)
