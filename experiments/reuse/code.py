"""The study that is shown, as a script that needs scikit-learn and PyTorch, and of pre-trained networks torchvision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainers.data import DATA_SETS, SOURCES, chosen_classes
from trainers.transfers import (
    BATCH,
    EPOCHS,
    FIRST_ROWS,
    IMAGES,
    PAIRS,
    PRETRAINED,
    PRETRAINED_BATCH,
    PRETRAINED_EPOCHS,
    PRETRAINED_RATE,
    PRETRAINED_ROWS,
    PRETRAINED_VAL,
    RATE,
    ROWS,
    SOURCE_EPOCHS,
    AnyRequest,
    PretrainedRequest,
    TasksRequest,
    TransferRequest,
)

_START = """import numpy as np
import torch
from torch import nn
from torch.nn import functional

RATE, EPOCHS, SEEDS, WIDTH = {rate}, {epochs}, {seeds}, {width}
FETCHED = {fetched}  # numbers of data sets at OpenML
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
    elif name in FETCHED:
        from sklearn.datasets import fetch_openml

        fetched = fetch_openml(data_id=FETCHED[name], as_frame=True, parser="pandas")
        x, y = fetched.data.to_numpy(np.float32), fetched.target.to_numpy().astype(float).astype(int)
    else:
        make = {{"moons": make_moons, "circles": lambda *a, **k: make_circles(*a, factor=0.5, **k)}}[name]
        x, y = make(1000, noise=0.15, random_state=seed)
        angle = np.deg2rad(changes.get("turn", 0))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        x = (x - [0.5, 0.25]) @ turn
    if "classes" in changes:
        rows = np.isin(y, changes["classes"])
        x, y = x[rows], np.searchsorted(changes["classes"], y[rows])
    order = random.permutation(len(x))
    held = int((0.03 if name in FETCHED else 0.3) * len(x))
    held, train = order[:held], order[held:][: count or changes.get("rows")]
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

{network}


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


_PERCEPTRON = """
def network(inputs, classes, seed):
    torch.manual_seed(seed)
    sizes = [inputs] + [WIDTH] * LAYERS
    hidden = [nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in zip(sizes, sizes[1:])]
    return nn.Sequential(*hidden, nn.Linear(WIDTH, classes))
"""
_CONVOLUTIONS = """
def network(inputs, classes, seed):
    torch.manual_seed(seed)
    shape = {shape}  # channels, height, width
    sizes = [shape[0]] + [WIDTH * 2**k for k in range(LAYERS)]
    layers = [
        nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)) for a, b in zip(sizes, sizes[1:])
    ]
    layers[0].insert(0, nn.Unflatten(1, shape))
    places = (shape[1] >> LAYERS) * (shape[2] >> LAYERS)
    return nn.Sequential(*layers, nn.Sequential(nn.Flatten(), nn.Linear(sizes[-1] * places, classes)))
"""
_PRETRAINED = '''import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision import models

RATE, EPOCHS, SEEDS, SIDE, WHITE = {rate}, {epochs}, {seeds}, {side}, {white}
FETCHED = {fetched}  # numbers of data sets at OpenML
TASK, FREEZE, FACTOR, UNFREEZE = {task}, {blocks}, {factor}, {unfreeze}
BLOCKS, TAIL = {cut}, {tail}
device = "cuda" if torch.cuda.is_available() else "cpu"
weights = models.get_weight("{weights}")
learned = models.get_model("{key}", weights=weights)  # downloaded once
transform = weights.transforms(crop_size=SIDE, resize_size=round(SIDE * 256 / 224))


def rows_of(count, seed):
    """Training and validation images as the network takes them."""
    if TASK["name"] == "digits":
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
    else:
        from sklearn.datasets import fetch_openml

        fetched = fetch_openml(data_id=FETCHED[TASK["name"]], as_frame=True, parser="pandas")
        x, y = fetched.data.to_numpy(np.float32), fetched.target.to_numpy().astype(float).astype(int)
    if "classes" in TASK:
        rows = np.isin(y, TASK["classes"])
        x, y = x[rows], np.searchsorted(TASK["classes"], y[rows])
    order = np.random.default_rng(seed).permutation(len(x))[: {val} + count]
    images = torch.tensor(x[order].reshape(-1, *{shape}) / WHITE, dtype=torch.float32).expand(-1, 3, -1, -1)
    images, y = transform(images).to(device), torch.tensor(y[order]).to(device)
    return images[{val} :], y[{val} :], images[: {val}], y[: {val}]


def network(scratch, classes, seed):
    """The blocks, then a linear layer of our own."""
    torch.manual_seed(seed)
    whole = models.get_model("{key}", weights=None) if scratch else copy.deepcopy(learned)

    def named(name):
        return nn.Flatten() if name == "flatten" else whole.get_submodule(name)

    blocks = [nn.Sequential(*map(named, names)) for names in BLOCKS]
    tail = list(map(named, TAIL))
    with torch.no_grad():
        features = nn.Sequential(*blocks, *tail).eval()(torch.zeros(1, 3, SIDE, SIDE)).shape[1]
    return nn.Sequential(*blocks, nn.Sequential(*tail, nn.Linear(features, classes))).to(device)


def train(model, rows, freeze=0, factor=1.0, unfreeze=0):
    """The validation losses before the first epoch and after each."""
    x, y, x_val, y_val = rows
    last = len(model) - 1
    groups = [{{"params": part.parameters(), "lr": RATE * factor ** (last - k)}} for k, part in enumerate(model)]
    optimizer = torch.optim.Adam(groups)
    losses = []
    for epoch in range(EPOCHS + 1):
        model.eval()
        with torch.no_grad():
            losses.append(float(functional.cross_entropy(model(x_val), y_val)))
        frozen = max(0, freeze - epoch // unfreeze) if unfreeze else freeze
        model.train()
        for k, part in enumerate(model):
            part.requires_grad_(k >= frozen)
            if k < frozen:
                part.eval()  # its batch normalization keeps its statistics
        for some in torch.randperm(len(x)).to(device).split({batch}):
            optimizer.zero_grad(set_to_none=True)
            functional.cross_entropy(model(x[some]), y[some]).backward()
            optimizer.step()
    return losses


WAYS = {{
    "from scratch": {{}},
    "features frozen": {{"freeze": FREEZE}},
    "fine-tuned": {{}},
    "a rate for each layer": {{"factor": FACTOR}},
    "unfrozen layer by layer": {{"freeze": len(BLOCKS), "unfreeze": UNFREEZE}},
}}
for count in {rows}:
    for way, how in WAYS.items():
        least = []
        for seed in range(SEEDS):
            rows = rows_of(count, seed)
            model = network(way == "from scratch", int(rows[3].max()) + 1, seed)
            least.append(min(train(model, rows, **how)))
        print(f"{{count:4d}} rows, {{way}}: least validation loss {{np.median(least):.3f}}")
'''


def reuse_code(request: AnyRequest) -> str:
    """A script that does the study anew, with rows that it draws itself: its numbers are alike, not the same.

    Raises:
        ValueError: a study of a run's weights, whose script is that of a run.
    """
    if isinstance(request, PretrainedRequest):
        return _pretrained_code(request)
    start = _START.format(
        rate=RATE, epochs=EPOCHS, seeds=request.seeds, width=request.width, fetched=_fetched(*_names(request))
    )
    start += _TASKS_OF_ROWS.format()
    if isinstance(request, TasksRequest):
        return start + _TWO.format(second=request.second, rows=request.rows, weight=request.weight, first=FIRST_ROWS)
    if request.run:
        raise ValueError("the study of a run's weights has no script of its own")
    source, target = request.source(0), request.target("tuned", ROWS[0], 0)
    shape = DATA_SETS[target.data.name].shape(target.data)
    return start + _TRANSFER.format(
        source=_task(source.data),
        target=_task({**target.data, "train_size": 0}),
        network=_CONVOLUTIONS.format(shape=shape) if PAIRS[request.pair].model == "cnn" else _PERCEPTRON,
        layers=request.layers,
        freeze=min(request.freeze, request.layers),
        factor=request.factor,
        unfreeze=request.unfreeze,
        head=_same(source.data, target.data),
        rows=ROWS,
        source_epochs=SOURCE_EPOCHS,
        batch=BATCH,
    )


def _pretrained_code(request: PretrainedRequest) -> str:
    entry, data = PRETRAINED[request.network], request.data(PRETRAINED_ROWS[0], 0).data
    return _PRETRAINED.format(
        rate=PRETRAINED_RATE,
        epochs=PRETRAINED_EPOCHS,
        seeds=request.seeds,
        side=request.side,
        white=IMAGES[request.images].white,
        fetched=_fetched(data["name"]),
        task=_task({**data, "train_size": 0}),
        shape=DATA_SETS[data["name"]].shape(data),
        blocks=request.blocks,
        factor=request.factor,
        unfreeze=request.unfreeze,
        cut=entry.blocks,
        tail=entry.tail,
        weights=entry.weights,
        key=entry.key,
        val=PRETRAINED_VAL,
        batch=PRETRAINED_BATCH,
        rows=PRETRAINED_ROWS,
    )


def _names(request: TransferRequest | TasksRequest) -> tuple[str, ...]:
    if isinstance(request, TasksRequest):
        return ("digits",)
    return tuple(data["data.name"] for data in (PAIRS[request.pair].source, PAIRS[request.pair].target))


def _fetched(*names: str) -> dict[str, int]:
    return {name: SOURCES[name].data_id for name in names if name in SOURCES}


def _task(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("turn", "shuffle", "label_noise", *(("noise",) if data["name"] == "digits" else ()))
    own = {name: data[name] for name in names if data.get(name)}
    half, count = data.get("half", "all"), DATA_SETS[data["name"]].classes({**data, "half": "all"})
    if half != "all" and count:
        own["classes"] = list(chosen_classes(half, count))
    if data["train_size"]:
        own["rows"] = data["train_size"]
    return {"name": data["name"], **own}


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(before.get(name) == after.get(name) for name in ("name", "half"))
