"""Networks side by side against PyTorch's own, one by one; the cells of scaling and of bias and variance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from trainers.studies import SPREAD_PLACES, STUDIES, StudyRequest, carry_on, cell_of, scaling, spread, start_loss
from trainers.studies.stack import NetworkStack, train_stack


def test_each_network_of_a_stack_trains_like_pytorch_s_own() -> None:
    seeds, widths = (3, 4), (2, 5, 5, 1)
    random = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 20, 2, generator=random), torch.randn(2, 20, 1, generator=random)
    stack = NetworkStack(widths, seeds)
    alone = []
    for number in range(2):
        layers: list[nn.Module] = []
        for inputs, outputs in itertools.pairwise(widths):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        with torch.no_grad():
            for own, theirs in zip(model.parameters(), stack.weights, strict=True):
                own.copy_(theirs[number].T if own.ndim == 2 else theirs[number, 0])
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(30):
            optimizer.zero_grad()
            (model(x[number]) - y[number]).square().mean().backward()
            optimizer.step()
        alone.append(model(x[number]).detach())
        assert stack.parameters == sum(p.numel() for p in model.parameters())
    train_stack(stack, lambda step: (x, y), lambda a, b: (a - b).square().mean((1, 2)), steps=30, rate=0.01)
    torch.testing.assert_close(stack(x).detach(), torch.stack(alone), rtol=1e-4, atol=1e-5)


def test_more_networks_change_none_of_the_first() -> None:
    for few, many in zip(NetworkStack((2, 3, 1), (5,)).weights, NetworkStack((2, 3, 1), (5, 6)).weights, strict=True):
        assert torch.equal(few[0], many[0])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Studies of few steps."""
    monkeypatch.setattr(scaling, "_STEPS", 40)
    monkeypatch.setattr(scaling, "_LOOKS", (10, 20, 40))
    monkeypatch.setattr(spread, "_STEPS", 60)


@pytest.mark.parametrize(("learn", "rows", "inputs", "outputs"), [("teacher", None, 4, 1), ("digits", 200, 64, 10)])
def test_a_cell_of_scaling_counts_parameters_and_compute(
    short: None, learn: str, rows: int | None, inputs: int, outputs: int
) -> None:
    request = StudyRequest.of("scaling", {"learn": learn, "seeds": 2})
    width = 16 if rows is None else 32
    cell = STUDIES["scaling"].cell(request.values, cell_of(width, rows), lambda share: None)
    parameters = (inputs + 1) * width + (width + 1) * width + (width + 1) * outputs
    assert cell["parameters"] == parameters
    assert cell["rows"] == rows
    assert cell["compute"] == [6 * parameters * min(rows or 256, 256) * step for step in (10, 20, 40)]
    assert cell["curve"][-1] < cell["curve"][0] < 2 * start_loss(request.values)
    assert len(cell["losses"]) == 2


def test_bias_variance_and_noise_add_up_to_the_error_that_is_measured(short: None) -> None:
    request = StudyRequest.of("spread", {"rows": 20, "noise": 0.3})
    cell = STUDIES["spread"].cell(request.values, "8", lambda share: None)
    assert abs(cell["bias"] + cell["variance"] + 0.09 - cell["measured"]) < 4 * cell["spread"]
    assert np.shape(cell["fits"]) == (30, len(SPREAD_PLACES))
    # The fits that are drawn are those that are measured.
    spread_of_fits = np.trapezoid(np.var(cell["fits"], axis=0), SPREAD_PLACES) / 2
    assert spread_of_fits == pytest.approx(cell["variance"], rel=0.02)


def test_what_is_known_is_not_worked_out_again_and_each_cell_is_told(short: None) -> None:
    request = StudyRequest.of("spread", {"rows": 5})
    told: list[tuple[int, float]] = []
    before = {name: {"bias": 1.0} for name in request.cells[2:]}
    cells = carry_on(request, before, lambda cells, share, words: told.append((len(cells), share)))
    assert request.is_complete(cells)
    assert all(cells[name] == {"bias": 1.0} for name in request.cells[2:])
    assert cells["1"]["variance"] > 0
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert {count for count, _ in told} == {len(request.cells) - 2, len(request.cells) - 1}


def test_requests_are_checked_and_read_back() -> None:
    request = StudyRequest.of("scaling", {"seed": 7, "something": "else"})
    assert StudyRequest.from_plain(request.to_plain()) == request
    assert request.known({"cells": {"4 units": {}, "5 units": {}, "6 units": 3}}) == {"4 units": {}}
    assert request.known("junk") == request.known({"cells": 3}) == {}
    for wrong in ({}, {"study": "none", "values": {}}, {"study": "scaling", "values": {"seeds": 1000}}):
        with pytest.raises(ValueError, match=r"study|seeds"):
            StudyRequest.from_plain(wrong)
