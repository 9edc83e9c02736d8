"""The study that is shown, as a script that needs scikit-learn and PyTorch alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainers.transfers import (
    BATCH,
    EPOCHS,
    FIRST_ROWS,
    RATE,
    ROWS,
    SOURCE_EPOCHS,
    TasksRequest,
    TransferRequest,
)

_START = """import numpy as np
import torch
from torch import nn
from torch.nn import functional

RATE, EPOCHS, SEEDS, WIDTH = {rate}, {epochs}, {seeds}, {width}
"""
_TASKS_OF_ROWS = '''

def rows_of(changes, seed, count=None):
    """Training and validation rows of a task, scaled by the training rows."""
    from sklearn.datasets import load_digits, make_circles, make_moons

    random = np.random.default_rng(seed)
    name = changes["name"]
    if name == "digits":
        x, y = load_digits(return_X_y=True)
        images = x.reshape(-1, 8, 8)
        if changes.get("turn"):
            from scipy.ndimage import rotate

            images = rotate(images, changes["turn"], axes=(1, 2), reshape=False, order=1, mode="grid-constant")
        images = images + 16 * changes.get("noise", 0) * random.standard_normal(images.shape)
        x = images.reshape(len(images), -1)
        if changes.get("shuffle"):
            x = x[:, np.random.default_rng(0).permutation(64)]
        if changes.get("half"):
            rows = (y < 5) == (changes["half"] == "first")
            x, y = x[rows], y[rows] % 5
    else:
        make = {{"moons": make_moons, "circles": lambda *a, **k: make_circles(*a, factor=0.5, **k)}}[name]
        x, y = make(1000, noise=0.15, random_state=seed)
        angle = np.deg2rad(changes.get("turn", 0))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        x = (x - [0.5, 0.25]) @ turn
    order = random.permutation(len(x))
    held, train = order[: int(0.3 * len(x))], order[int(0.3 * len(x)) :][:count]
    shift, scale = x[train].mean(), x[train].std()
    y_train = y[train].copy()
    wrong = random.random(len(y_train)) < changes.get("label_noise", 0)
    y_train[wrong] = (y_train[wrong] + random.integers(1, y.max() + 1, wrong.sum())) % (y.max() + 1)
    x = torch.tensor((x - shift) / scale, dtype=torch.float32)
    return x[train], torch.tensor(y_train), x[held], torch.tensor(y[held])

'''
_TRANSFER = '''
SOURCE, TARGET = {source}, {target}
LAYERS, FREEZE, FACTOR, UNFREEZE, KEEPS_HEAD = {layers}, {freeze}, {factor}, {unfreeze}, {head}


def network(inputs, classes, seed):
    torch.manual_seed(seed)
    sizes = [inputs] + [WIDTH] * LAYERS
    hidden = [nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in zip(sizes, sizes[1:])]
    return nn.Sequential(*hidden, nn.Linear(WIDTH, classes))


def train(model, rows, epochs, batch, freeze=0, factor=1.0, unfreeze=0):
    """The validation losses after each epoch. Layers are the parts of the model, from the input on."""
    x, y, x_val, y_val = rows
    last = len(model) - 1
    groups = [{{"params": part.parameters(), "lr": RATE * factor ** (last - k)}} for k, part in enumerate(model)]
    optimizer = torch.optim.Adam(groups)
    losses = []
    for epoch in range(epochs + 1):
        with torch.no_grad():
            losses.append(float(functional.cross_entropy(model(x_val), y_val)))
        frozen = max(0, freeze - epoch // unfreeze) if unfreeze else freeze
        for k, part in enumerate(model):
            part.requires_grad_(k >= frozen)
        for rows in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad(set_to_none=True)
            functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return losses


WAYS = {{
    "from scratch": {{}},
    "features frozen": {{"freeze": FREEZE}},
    "fine-tuned": {{}},
    "a rate for each layer": {{"factor": FACTOR}},
    "unfrozen layer by layer": {{"freeze": LAYERS, "unfreeze": UNFREEZE}},
}}
for count in {rows}:
    for way, how in WAYS.items():
        least = []
        for seed in range(SEEDS):
            rows, before = rows_of(TARGET, seed, count), rows_of(SOURCE, seed + 100)
            model = network(rows[0].shape[1], int(rows[3].max()) + 1, seed)
            if way != "from scratch":
                first = network(before[0].shape[1], int(before[3].max()) + 1, seed)
                train(first, before, {source_epochs}, 32)
                for part, kept in list(zip(model, first))[: None if KEEPS_HEAD else -1]:
                    part.load_state_dict(kept.state_dict())
            least.append(min(train(model, rows, EPOCHS, max({batch}, count // {batch}), **how)))
        print(f"{{count:4d}} rows, {{way}}: least validation loss {{np.median(least):.3f}}")
'''
_TWO = '''
SECOND, ROWS, WEIGHT = {second!r}, {rows}, {weight}


def second_of(x, y, middle):
    if SECOND == "even":
        return (y % 2 == 0).long()
    if SECOND == "large":
        return (y >= 5).long()
    return ((x - middle) @ torch.tensor(np.random.default_rng(0).standard_normal(64), dtype=torch.float32) > 0).long()


def train(weight, rows, seed):
    """The least validation loss of each task; the first counts ``weight``, the second what is left of 1."""
    x, y, x_val, y_val = rows
    x2, y2 = x[:ROWS], second_of(x, y, x.mean(0))[:ROWS]
    torch.manual_seed(seed)
    body = nn.Sequential(nn.Linear(64, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU())
    first, second = nn.Linear(WIDTH, 10), nn.Linear(WIDTH, 2)
    optimizer = torch.optim.Adam([*body.parameters(), *first.parameters(), *second.parameters()], lr=RATE)
    least = [float("inf"), float("inf")]
    for epoch in range(EPOCHS + 1):
        with torch.no_grad():
            features = body(x_val)
            losses = (first(features), y_val), (second(features), second_of(x_val, y_val, x.mean(0)))
            least = [min(a, float(functional.cross_entropy(*b))) for a, b in zip(least, losses)]
        for rows in torch.randperm(len(x)).split(32):
            known = torch.randperm(len(x2))[:32]
            optimizer.zero_grad()
            loss = weight * functional.cross_entropy(first(body(x[rows])), y[rows])
            loss = loss + (1 - weight) * functional.cross_entropy(second(body(x2[known])), y2[known])
            loss.backward()
            optimizer.step()
    return least


shared, alone = [], []
for seed in range(SEEDS):
    rows = rows_of({{"name": "digits"}}, seed, {first})
    shared.append(train(WEIGHT, rows, seed))
    alone.append([train(1.0, rows, seed)[0], train(0.0, rows, seed)[1]])
print("shared layers:   ", np.median(shared, 0))
print("a network each:  ", np.median(alone, 0))
'''


def reuse_code(request: TransferRequest | TasksRequest) -> str:
    """A script that does the study anew, with rows that it draws itself: its numbers are alike, not the same."""
    start = _START.format(rate=RATE, epochs=EPOCHS, seeds=request.seeds, width=request.width)
    start += _TASKS_OF_ROWS.format()
    if isinstance(request, TasksRequest):
        return start + _TWO.format(second=request.second, rows=request.rows, weight=request.weight, first=FIRST_ROWS)
    source, target = request.source(0), request.target("tuned", ROWS[0], 0)
    return start + _TRANSFER.format(
        source=_task(source.data),
        target=_task(target.data),
        layers=request.layers,
        freeze=min(request.freeze, request.layers),
        factor=request.factor,
        unfreeze=request.unfreeze,
        head=_same(source.data, target.data),
        rows=ROWS,
        source_epochs=SOURCE_EPOCHS,
        batch=BATCH,
    )


def _task(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("turn", "shuffle", "half", "label_noise", *(("noise",) if data["name"] == "digits" else ()))
    own = {name: data[name] for name in names if data.get(name) and data[name] != "all"}
    return {"name": data["name"], **own}


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(before.get(name) == after.get(name) for name in ("name", "half"))
