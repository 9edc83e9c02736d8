"""The picture of a small network holds its own weights and what its units really answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.trainers.runs import run
from trainers import RunConfig
from trainers.loop.diagram import MAP_SIDE, MOST_LAYERS, MOST_UNITS, chain, diagram
from trainers.store.codec import pictures_from, to_blob


def small() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)).eval()


def layer(model: nn.Sequential, number: int) -> nn.Linear:
    linear = model[number]
    assert isinstance(linear, nn.Linear)
    return linear


def grid() -> torch.Tensor:
    places = torch.linspace(-1, 2, MAP_SIDE)
    return torch.stack(torch.meshgrid(places, places, indexing="xy"), -1).view(-1, 2)


def test_sizes_weights_and_spread_are_the_networks():
    model, rows = small(), torch.randn(50, 2)
    drawn = diagram(model, rows)
    assert drawn is not None
    assert drawn["sizes"].tolist() == [2, 3, 4, 1]
    every = torch.cat([layer(model, i).weight.detach().flatten() for i in (0, 2, 4)])
    np.testing.assert_array_equal(drawn["weights"], every.numpy())
    values = torch.cat([model[:2](rows), model[:4](rows), model(rows)], 1)
    np.testing.assert_allclose(drawn["spread"], values.std(0, unbiased=False).detach(), rtol=1e-5, atol=1e-7)
    assert "maps" not in drawn


def test_maps_are_what_each_unit_answers_over_the_plane():
    model = small()
    drawn = diagram(model, torch.randn(9, 2), grid())
    assert drawn is not None
    assert drawn["maps"].shape == (8, MAP_SIDE, MAP_SIDE)
    assert drawn["maps"].dtype == np.uint8
    first = model[:2](grid()).detach().numpy().T.reshape(3, MAP_SIDE, MAP_SIDE)
    np.testing.assert_allclose(
        (drawn["maps"][:3].astype(float) - 127) / 127 * np.abs(first).max(), first, atol=np.abs(first).max() / 250
    )


def test_a_unit_that_never_moves_has_no_spread():
    model = small()
    with torch.no_grad():
        layer(model, 2).bias[1] = -1e3
    drawn = diagram(model, torch.randn(50, 2))
    assert drawn is not None
    assert drawn["spread"][4] == 0 < drawn["spread"][0]


@pytest.mark.parametrize(
    "model",
    [
        nn.Linear(2, MOST_UNITS + 1),
        nn.Linear(MOST_UNITS + 1, 2),
        nn.Sequential(*(nn.Linear(2, 2) for _ in range(MOST_LAYERS + 1))),
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 2)),
        nn.ModuleList([nn.Linear(2, 3), nn.Linear(2, 3)]),
    ],
)
def test_large_or_branched_networks_have_none(model: nn.Module):
    assert chain(model) is None


def test_weights_that_are_no_numbers_have_none():
    model = small()
    with torch.no_grad():
        layer(model, 0).weight[0, 0] = float("nan")
    assert diagram(model, torch.randn(5, 2)) is None


@pytest.mark.parametrize(
    ("changes", "sizes", "maps"),
    [
        ({"data.name": "moons", "model.depth": 2, "model.width": 8}, [2, 8, 8], True),
        ({"data.name": "iris", "model.depth": 1, "model.width": 6}, [4, 6], False),
        ({"data.name": "moons", "model.depth": 2, "model.width": 32}, None, False),
    ],
)
def test_a_run_draws_itself_where_it_is_small(changes: dict, sizes: list[int] | None, maps: bool):
    config = RunConfig().changed({"budget.epochs": 1, "watch.pictures": True, **changes})
    pictures = [report.pictures for report in run(config).reports if report.pictures]
    back = pictures_from(to_blob(pictures[-1]))
    assert set(back) == set(pictures[-1])  # the store takes them all
    drawn = back.get("network")
    assert (drawn is None) == (sizes is None)
    if drawn is not None:
        assert drawn["sizes"].tolist()[:-1] == sizes
        assert ("maps" in drawn) == maps
