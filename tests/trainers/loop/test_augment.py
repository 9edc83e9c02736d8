from __future__ import annotations

import pytest
import torch

from trainers import RunConfig, Settings
from trainers.loop.augmentation import augmentation, crop, cutmix, cutout, flip, mixup, rotate


@pytest.fixture(autouse=True)
def _seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def _images(rows=200, channels=2, height=6, width=8):
    return torch.rand(rows, channels, height, width, generator=torch.Generator().manual_seed(1))


def test_flip_mirrors_about_half_of_the_rows_and_leaves_the_others():
    x = _images()
    y = flip(x)
    mirrored = (y == x.flip(-1)).flatten(1).all(1)
    same = (y == x).flatten(1).all(1)
    assert (mirrored ^ same).all()
    assert 70 < int(mirrored.sum()) < 130


def test_crop_is_one_of_the_windows_of_the_padded_image():
    x = _images(rows=50)
    y = crop(x, 2)
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2))
    windows = torch.stack([padded[:, :, i : i + 6, j : j + 8] for i in range(5) for j in range(5)])
    matches = (windows == y).flatten(2).all(2)
    assert (matches.sum(0) >= 1).all()
    assert matches.any(1).sum() > 15


def test_a_rotation_by_nothing_changes_nothing_and_by_a_right_angle_turns(monkeypatch):
    x = _images(rows=3, height=6, width=6)
    assert torch.allclose(rotate(x, 0.0), x, atol=1e-5)
    monkeypatch.setattr(torch, "rand", lambda *size, **others: torch.ones(*size))
    turned = rotate(x, 90.0)
    quarters = [torch.rot90(x, k, (-2, -1)) for k in (1, 3)]
    assert any(torch.allclose(turned, quarter, atol=1e-5) for quarter in quarters)


def test_cutout_blanks_one_square_of_each_row():
    x = torch.ones(300, 2, 12, 12)
    blank = cutout(x, 4)[:, 0] == 0
    assert (cutout(x, 4) >= 0).all()
    assert int(blank.flatten(1).sum(1).max()) == 16
    for rows in blank[:20]:
        filled = rows.nonzero()
        height, width = (filled.max(0).values - filled.min(0).values + 1).tolist()
        assert height * width == len(filled) <= 16


def test_mixup_mixes_rows_and_targets_by_one_weight():
    x, y = torch.eye(8).view(8, 1, 1, 8), torch.eye(8)
    mixed, targets = mixup(x, y, 1.0)
    assert torch.allclose(mixed.view(8, 8), targets)
    assert torch.allclose(targets.sum(1), torch.ones(8))


def test_cutmix_mixes_targets_by_the_area_that_came_in():
    x = torch.arange(40.0).view(40, 1, 1, 1).expand(40, 1, 10, 10)
    targets = torch.eye(40)
    mixed, soft = cutmix(x, targets, 1.0)
    own = (mixed == x).flatten(1).float().mean(1)
    kept = soft[torch.arange(40), torch.arange(40)]
    moved = kept < 1
    assert moved.any()
    assert torch.allclose(own[moved], kept[moved], atol=1e-6)
    assert torch.allclose(soft.sum(1), torch.ones(40))


def _augment(**values):
    data = Settings(name="digits")
    return augmentation(RunConfig(data=data, augmentation=Settings(values)).augmentation, 10)


def test_nothing_asked_for_is_nothing():
    assert _augment() is None


def test_everything_together_keeps_shapes_and_gives_probabilities():
    augment = _augment(flip=True, crop=1, rotation=10.0, noise=0.1, cutout=2, cutmix=1.0)
    assert augment is not None
    x, y = augment(_images(rows=30, channels=1), torch.arange(30) % 10)
    assert x.shape == (30, 1, 6, 8)
    assert y.shape == (30, 10)
    assert torch.allclose(y.sum(1), torch.ones(30))


def test_noise_has_the_spread_asked_for_and_suits_vectors_too():
    augment = _augment(noise=0.5)
    assert augment is not None
    x, y = augment(torch.zeros(4000, 2), torch.zeros(4000, dtype=torch.long))
    assert x.std().item() == pytest.approx(0.5, rel=0.05)
    assert y.dtype == torch.long
