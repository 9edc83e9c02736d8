"""Networks pre-trained on ImageNet: declared, asked for, fetched and trained, with a package that stands in for
torchvision and, where it is installed, with torchvision itself. Weights are random and lie on a server of this machine.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.trainers.weights_at_hand import FileServer, forget_torchvision, saved, stand_in_package
from trainers.data import DataUnavailable
from trainers.data.table import silent
from trainers.transfers import (
    IMAGES,
    PRETRAINED,
    PRETRAINED_EPOCHS,
    PRETRAINED_ROWS,
    PRETRAINED_VAL,
    WAYS,
    PretrainedRequest,
    request_from,
    why_no_torchvision,
)
from trainers.transfers.computing import compute_study
from trainers.transfers.pretrained import (
    PretrainedStudy,
    cut,
    features,
    prepared,
    pretrained_weights,
    torchvision_models,
)

REQUEST = PretrainedRequest(network="resnet18", side=96, blocks=5)


@pytest.fixture
def none_loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No module of torchvision's is loaded; afterwards those are that were before."""

    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    yield
    forget_torchvision()


@pytest.fixture
def server() -> Iterator[FileServer]:
    made = FileServer()
    yield made
    made.close()


@pytest.fixture
def models(server: FileServer, data_home: Path, none_loaded: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The models of a package in the place of torchvision, with a file of weights that the server has."""
    site = stand_in_package(data_home, "")
    monkeypatch.syspath_prepend(str(site))
    made = torchvision_models()
    assert made.__file__.startswith(str(site))
    torch.manual_seed(7)
    learned = made.get_model("resnet18")
    with torch.no_grad():
        for module in learned.modules():
            if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
                module.running_mean.uniform_(-0.1, 0.1)
    server.content = saved(learned.state_dict())
    (site / "torchvision" / "url.txt").write_text(server.address())
    monkeypatch.setattr("trainers.transfers.pretrained.PRETRAINED_EPOCHS", 3)
    return made


def test_a_request_comes_back_and_junk_is_refused_with_what_is_allowed() -> None:
    assert request_from(REQUEST.to_plain()) == REQUEST
    plain = REQUEST.to_plain()
    for given, told in (
        ({**plain, "network": "gpt"}, "network was given as 'gpt'; allowed is one of mobilenet"),
        ({**plain, "images": "cats"}, "images was given"),
        ({**plain, "side": 97}, "96, 128, 160, 224"),
        ({**plain, "side": 10**9}, "96, 128"),
        ({**plain, "blocks": 6}, "blocks was given as 6; allowed is a whole number from 1 to 5"),
        ({**plain, "unfreeze": 0}, "unfreeze"),
        ({**plain, "seeds": 100}, "seeds"),
        ({**plain, "factor": 2.0}, "factor"),
        ({**plain, "url": "http://x"}, "url"),
    ):
        with pytest.raises(ValueError, match=told):
            request_from(given)
    assert len(REQUEST.keys()) == len(PRETRAINED_ROWS) * len(WAYS)
    assert REQUEST.seen == tuple(range(PRETRAINED_EPOCHS + 1))
    for images in IMAGES.values():
        config = PretrainedRequest(images=next(iter(IMAGES))).data(20, 0).changed(images.data)
        assert config.inputs == "image"


def test_without_torchvision_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.transfers.pretrained_request.find_spec", lambda name: None)
    assert why_no_torchvision().endswith("which is not installed here: pip install torchvision.")
    with pytest.raises(DataUnavailable, match="pip install torchvision"):
        torchvision_models()


def test_a_torchvision_of_another_pytorch_is_said_to_be_one(
    data_home: Path, none_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = stand_in_package(data_home, "")
    (site / "torchvision" / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.syspath_prepend(str(site))
    assert not why_no_torchvision()
    with pytest.raises(DataUnavailable, match=r"version that goes with PyTorch .*nms does not exist"):
        torchvision_models()


def test_weights_are_fetched_once_checked_and_read_without_running_anything(models: Any, server: FileServer) -> None:
    entry = PRETRAINED["resnet18"]
    named = models.get_weight(entry.weights)
    read = pretrained_weights(entry, named, silent)
    torch.manual_seed(7)
    assert torch.equal(read["layer3.0.weight"], models.get_model("resnet18").state_dict()["layer3.0.weight"])
    pretrained_weights(entry, named, silent)
    assert len(server.asked) == 1

    class Code:
        def __reduce__(self) -> Any:
            return (print, ("this must not be printed",))

    for content, told in ((saved({"a": Code()}), "cannot be read"), (saved([1, 2]), "something else than weights")):
        server.content = content
        named.url = server.address()
        with pytest.raises(DataUnavailable, match=told):
            pretrained_weights(entry, named, silent)
    server.content = saved({"a": torch.zeros(2)})
    study = PretrainedStudy(REQUEST, "cpu", silent)
    study.named.url = server.address()
    with pytest.raises(DataUnavailable, match="are of another network"):
        study.network("tuned", 10, 0)


def test_gray_images_have_three_channels_and_are_made_ready_by_the_weights_transform(models: Any) -> None:
    seen: list[tuple[float, float]] = []

    def transform(x: Tensor) -> Tensor:
        seen.append((float(x.min()), float(x.max())))
        return x

    images = np.linspace(-1, 17, 2 * 64, dtype=np.float32).reshape(2, 1, 8, 8)
    x = prepared(images, 16.0, transform)
    assert x.shape == (2, 3, 8, 8)
    assert seen == [(0.0, 1.0)]
    assert torch.equal(x[:, 0], x[:, 2])
    study = PretrainedStudy(REQUEST, "cpu", silent)
    assert (study.transform.crop_size, study.transform.resize_size) == ([96], [110])  # pyright: ignore[reportFunctionMemberAccess]
    (x, y), (x_val, _), classes = study.rows(20, 0)
    assert (x.shape, len(y), classes) == ((20, 3, 96, 96), 20, 10)
    assert len(x_val) == PRETRAINED_VAL
    assert -2.01 < float(x.min()) < float(x.max()) < 2.01


def test_each_way_begins_and_learns_as_it_says(models: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    study = PretrainedStudy(REQUEST, "cpu", silent)
    kept: list[Any] = []
    true = PretrainedStudy.network
    monkeypatch.setattr(
        PretrainedStudy, "network", lambda self, *how: kept.append(true(self, *how)) or kept[-1], raising=True
    )
    curves = {way: study.curve(way, 20, 0, lambda: None) for way in WAYS}
    learned = study.weights
    after = {way: model.state_dict() for way, model in zip(WAYS, kept, strict=True)}
    first, last = "blocks.0.0.weight", "blocks.4.0.0.weight"
    statistics = "blocks.0.1.running_mean"
    assert not torch.equal(after["scratch"][first], learned["conv1.weight"])
    assert torch.equal(after["frozen"][first], learned["conv1.weight"])
    assert torch.equal(after["frozen"][last], learned["layer4.0.weight"])
    assert torch.equal(after["frozen"][statistics], learned["bn1.running_mean"])  # in eval mode
    assert not torch.equal(after["tuned"][statistics], learned["bn1.running_mean"])
    moved = {way: (after[way][first] - learned["conv1.weight"]).abs().max() for way in ("tuned", "discriminative")}
    assert 0 < moved["discriminative"] < moved["tuned"] / 20  # 0.385 ** 5 is 0.0085
    # Of five blocks one begins to learn after two epochs: the last.
    assert torch.equal(after["gradual"][first], learned["conv1.weight"])
    assert not torch.equal(after["gradual"][last], learned["layer4.0.weight"])
    assert len({curve.losses[0][-1] for curve in curves.values()}) == 5
    assert curves["tuned"].losses[0][0] == pytest.approx(curves["frozen"].losses[0][0], rel=1e-5)
    assert all(len(curve.losses[0]) == 4 for curve in curves.values())


def test_what_stands_still_is_computed_once_and_nothing_else_comes_of_it(
    models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept features give the curve that all blocks give which go through every image at every step."""
    request = PretrainedRequest(network="resnet18", side=96, blocks=3)
    kept = PretrainedStudy(request, "cpu", silent).curve("frozen", 20, 0, lambda: None)
    passes: list[int] = []
    true = features

    def counted(model: Any, x: Tensor, count: int) -> Tensor:
        passes.append(count)
        return true(model, x, count)

    monkeypatch.setattr("trainers.transfers.pretrained.features", counted)
    PretrainedStudy(request, "cpu", silent).curve("frozen", 20, 0, lambda: None)
    assert passes == [3, 3]  # training and validation images

    class Whole(PretrainedStudy):
        def network(self, way: str, outputs: int, seed: int) -> Any:
            made = super().network(way, outputs, seed)
            forward = made.forward
            made.forward = lambda x, first=0: forward(x)  # what comes in are images again
            return made

    monkeypatch.setattr("trainers.transfers.pretrained.features", lambda model, x, count: x)
    whole = Whole(request, "cpu", silent).curve("frozen", 20, 0, lambda: None)
    assert whole.losses[0] == pytest.approx(kept.losses[0], rel=1e-4)


def test_a_study_of_a_pretrained_network_goes_on_from_what_there_is(
    models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.transfers.pretrained_request.PRETRAINED_ROWS", (20,))
    told: list[int] = []
    whole = compute_study(REQUEST, lambda study, words: told.append(len(study.curves)))
    assert (len(whole.curves), whole.total) == (5, 5)
    assert set(told) == {0, 1, 2, 3, 4}
    part = copy.copy(whole)
    object.__setattr__(part, "curves", dict(list(whole.curves.items())[:3]))
    again: list[int] = []
    rest = compute_study(REQUEST, lambda study, words: again.append(len(study.curves)), part)
    assert min(again) == 3
    assert rest.to_plain() == whole.to_plain()


@pytest.mark.parametrize("key", PRETRAINED)
def test_blocks_are_torchvision_s_network_without_its_last_layer(
    key: str, server: FileServer, data_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With torchvision itself: nothing is lost or done twice, its transform is used, its weights' entry is read."""
    pytest.importorskip("torchvision", exc_type=ImportError)
    models, entry = torchvision_models(), PRETRAINED[key]
    torch.manual_seed(1)
    network = models.get_model(key, weights=None)
    named = models.get_weight(entry.weights)
    assert named.meta["_file_size"] * 1.05 < entry.megabytes + 1  # MiB, as torchvision has them
    assert len(named.url.rpartition("-")[2].partition(".")[0]) == 8
    last = [module for module in network.modules() if isinstance(module, nn.Linear | nn.Conv2d)][-1]
    blocks = cut(entry, network, 10, 96).eval()
    network.eval()
    ours = {id(p) for block in blocks.blocks for p in block.parameters()}
    assert ours == {id(p) for p in network.parameters()} - {id(p) for p in last.parameters()}
    x = torch.randn(2, 3, 96, 96)
    with torch.no_grad():  # the new layer with the old one's weights
        new = nn.Linear(blocks.head[-1].in_features, 1000)  # pyright: ignore[reportArgumentType]
        new.weight.copy_(last.weight.flatten(1))
        new.bias.copy_(last.bias)  # pyright: ignore[reportArgumentType]
        blocks.head[-1] = new
        expected = network(x)
        found = blocks(x)
        if key == "squeezenet1_1":  # a convolution to one number a place, cut off at 0, before the mean over places
            body = nn.Sequential(*blocks.blocks)(x)
            found = torch.relu(nn.functional.conv2d(body, last.weight, last.bias)).mean((2, 3))
        assert torch.allclose(found, expected, atol=1e-4, rtol=1e-4)
        assert torch.allclose(blocks(features(blocks, x, 2), 2), blocks(x), atol=1e-5)
    # A file with such weights, of the same size, and a short training from it.
    server.content = saved(network.state_dict())
    monkeypatch.setattr("trainers.transfers.pretrained.PRETRAINED_EPOCHS", 1)
    request = PretrainedRequest(network=key, side=96, blocks=len(entry.blocks))
    study = PretrainedStudy(request, "cpu", silent)
    study.__dict__["named"] = _Named(named, server.address(key))
    (x, _), _, _ = study.rows(20, 0)
    assert x.shape == (20, 3, 96, 96)
    for way in ("frozen", "tuned"):
        curve = study.curve(way, 20, 0, lambda: None)
        assert np.isfinite(curve.losses[0]).all()
    assert len(server.asked) == 1


class _Named:
    """An entry of torchvision's weights whose file lies elsewhere."""

    def __init__(self, named: Any, url: str) -> None:
        self.named, self.url = named, url

    def transforms(self, **how: Any) -> Any:
        return self.named.transforms(**how)
