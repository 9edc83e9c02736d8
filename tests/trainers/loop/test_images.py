"""Changes of images against the Python Imaging Library and, where it is installed, torchvision."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

from settings import Hyperparameter
from trainers import RunConfig, load
from trainers.config import IMAGE_AUGMENTATION, asked_for
from trainers.loop import POLICIES, black_and_white, flip_vertical, jitter, perspective, resize, shown_images, slant
from trainers.loop.images.color import brightened, contrasted, saturated, turned_hue
from trainers.loop.images.geometry import seen_from
from trainers.loop.images.policies import auto_augment, operated, torchvision_operated

SIDES = (24, 30)  # height and width
SIZE = (30, 24)


def pictures(count: int = 3, channels: int = 3) -> np.ndarray:
    """Smooth random images ``(count, height, width, channels)`` uint8, none of them with all 256 values."""
    random = np.random.default_rng(count)
    small = random.integers(20, 220, (count, 5, 6, channels)).astype(np.uint8)
    return np.stack([np.asarray(Image.fromarray(one).resize(SIZE)) for one in small])


def tensor(images: np.ndarray) -> Tensor:
    return torch.from_numpy(images.astype(np.float32)).movedim(-1, 1)


def array(x: Tensor) -> np.ndarray:
    return x.movedim(1, -1).numpy()


def _affine(*coefficients: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.transform(image.size, Image.Transform.AFFINE, coefficients)


LEVEL = 7  # at 6 places of a slant lie on edges between pixels, where rounding decides
# name -> (what the library does at this level with a positive sign, how far a pixel may be off)
BY_LIBRARY: dict[str, tuple[Callable[[Image.Image], Image.Image], float]] = {
    "ShearX": (_affine(1, 0.3 * LEVEL / 9, 0, 0, 1, 0), 0),
    "ShearY": (_affine(1, 0, 0, 0.3 * LEVEL / 9, 1, 0), 0),
    "TranslateX": (_affine(1, 0, int(150 / 331 * SIDES[1] * LEVEL / 9), 0, 1, 0), 0),
    "TranslateY": (_affine(1, 0, 0, 0, 1, int(150 / 331 * SIDES[0] * LEVEL / 9)), 0),
    "Rotate": (lambda image: image.rotate(30 * LEVEL / 9), 0),
    "Brightness": (lambda image: ImageEnhance.Brightness(image).enhance(1.7), 1),
    "Color": (lambda image: ImageEnhance.Color(image).enhance(1.7), 2),
    "Contrast": (lambda image: ImageEnhance.Contrast(image).enhance(1.7), 2),
    "Sharpness": (lambda image: ImageEnhance.Sharpness(image).enhance(1.7), 1),
    "Posterize": (lambda image: ImageOps.posterize(image, 5), 0),
    "Solarize": (lambda image: ImageOps.solarize(image, 57), 0),
    "AutoContrast": (ImageOps.autocontrast, 1),
    "Equalize": (ImageOps.equalize, 0),
    "Invert": (ImageOps.invert, 0),
}


@pytest.mark.parametrize("name", BY_LIBRARY)
def test_every_operation_of_a_policy_is_that_of_the_imaging_library(name: str) -> None:
    by_library, off = BY_LIBRARY[name]
    images = pictures()
    mine = array(operated(tensor(images), name, torch.full((3,), float(LEVEL)), torch.ones(3)))
    theirs = np.stack([np.asarray(by_library(Image.fromarray(one))) for one in images])
    apart = np.abs(mine - theirs)
    # At edges of pixels a turn may take the other neighbour: rounding decides there.
    assert (apart > off).mean() <= (0.002 if name == "Rotate" else 0.0)
    assert np.abs(mine - images).max() > 0


def test_level_and_sign_are_those_of_each_row() -> None:
    x = tensor(pictures(2))
    both = operated(x, "Brightness", torch.tensor([0.0, 9.0]), torch.tensor([1.0, -1.0]))
    assert torch.equal(both[0], x[0])
    torch.testing.assert_close(both[1], (x[1] * 0.1 + 1e-3).floor())


def test_policies_are_25_pairs_of_operations_known_here() -> None:
    for pairs in POLICIES.values():
        assert len(pairs) == 25
        for name, probability, level in (operation for pair in pairs for operation in pair):
            assert name in BY_LIBRARY
            assert 0 <= probability <= 1
            assert level in range(10)


def test_policies_are_torchvision_s() -> None:
    transforms = pytest.importorskip("torchvision.transforms")
    for key, pairs in POLICIES.items():
        policy = transforms.AutoAugmentPolicy(key)
        theirs = transforms.AutoAugment(policy).policies
        assert [[(a, b, c or 0) for a, b, c in pair] for pair in theirs] == [list(map(tuple, pair)) for pair in pairs]


@pytest.mark.parametrize("name", BY_LIBRARY)
def test_every_operation_of_a_policy_is_torchvision_s(name: str) -> None:
    transforms = pytest.importorskip("torchvision.transforms")
    x = tensor(pictures())
    magnitudes, _signed = transforms.AutoAugment()._augmentation_space(10, SIDES)[name]
    magnitude = float(magnitudes[LEVEL]) if magnitudes.ndim else 0.0
    nearest = transforms.InterpolationMode.NEAREST
    theirs = transforms.autoaugment._apply_op(x.to(torch.uint8), name, magnitude, nearest, None)
    sign = -torch.ones(3) if name.startswith("Translate") else torch.ones(3)  # it moves the image, not the place
    mine = operated(x, name, torch.full((3,), float(LEVEL)), sign)
    assert (mine - theirs).abs().max() <= 1


LEVELS = {"AutoContrast": (0,), "Equalize": (0,), "Invert": (0,)}  # of what has no strength


class _ByPillow:
    """Stands in for torchvision's functions, by the Python Imaging Library; it notes every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, tuple[float, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        one: Callable[..., Image.Image] = {
            "adjust_brightness": lambda image, factor: ImageEnhance.Brightness(image).enhance(factor),
            "adjust_saturation": lambda image, factor: ImageEnhance.Color(image).enhance(factor),
            "adjust_contrast": lambda image, factor: ImageEnhance.Contrast(image).enhance(factor),
            "adjust_sharpness": lambda image, factor: ImageEnhance.Sharpness(image).enhance(factor),
            "rotate": lambda image, angle: image.rotate(angle),
            "posterize": lambda image, bits: ImageOps.posterize(image, bits),
            "solarize": lambda image, threshold: ImageOps.solarize(image, int(np.ceil(threshold))),
            "autocontrast": ImageOps.autocontrast,
            "equalize": ImageOps.equalize,
            "invert": ImageOps.invert,
        }[name]

        def function(x: Tensor, *how: float) -> Tensor:
            assert x.dtype == torch.uint8
            self.calls.append((name, len(x), how))
            images = [np.asarray(one(Image.fromarray(image.movedim(0, -1).numpy()), *how)) for image in x]
            return torch.from_numpy(np.stack(images)).movedim(-1, 1)

        return function


def test_where_torchvision_is_installed_it_does_the_same_to_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws, rows and strengths are ours; torchvision is asked once for each strength."""
    functions = _ByPillow()
    names = [name for name in BY_LIBRARY if not name.startswith(("Shear", "Translate"))]
    pairs = [((name, 0.8, level), ("Invert", 0.0, 0)) for name in names for level in LEVELS.get(name, (3, LEVEL))]
    x = tensor(pictures(80)) / 255
    torch.manual_seed(4)
    ours = auto_augment(x, pairs)
    monkeypatch.setattr("trainers.loop.images.policies.torchvision_functions", lambda: functions)
    torch.manual_seed(4)
    theirs = auto_augment(x, pairs)
    assert ((ours - theirs).abs() > 2.5 / 255).float().mean() < 1e-3  # a turn may take the other neighbour
    assert {name for name, _, _ in functions.calls} == {
        *("adjust_brightness", "adjust_saturation", "adjust_contrast", "adjust_sharpness", "rotate"),
        *("posterize", "solarize", "autocontrast", "equalize", "invert"),
    }
    # Once for each strength of what comes first; what comes second has the probability 0.
    assert len(functions.calls) == len({(name, how) for name, _, how in functions.calls})
    functions.calls.clear()
    two = x[:, :2]  # of two channels torchvision knows no colors
    torch.testing.assert_close(auto_augment(two, pairs).shape, two.shape)
    assert not functions.calls


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", BY_LIBRARY)
def test_torchvision_s_functions_do_what_ours_do(name: str, channels: int, sign: float) -> None:
    functions = pytest.importorskip("torchvision.transforms.v2.functional")
    x = tensor(pictures()[..., :channels])
    for level in (0, 3, LEVEL):
        mine = operated(x, name, torch.full((3,), float(level)), torch.full((3,), sign))
        signed = 1 if name in ("Posterize", "Solarize", "AutoContrast", "Equalize", "Invert") else sign
        theirs = torchvision_operated(functions, x, name, level / 9 * signed)
        assert theirs.dtype == x.dtype
        apart = (mine - theirs).abs()
        # At edges of pixels a slant or a turn may take the other neighbour: rounding decides there.
        assert (apart > 1).float().mean() <= (0.002 if name in ("Rotate", "ShearX", "ShearY") else 0.0)


def test_a_policy_does_to_each_row_what_it_drew_and_keeps_gray_images_gray() -> None:
    torch.manual_seed(0)
    x = tensor(pictures(60)[..., :1]) / 255
    for pairs in POLICIES.values():
        changed = auto_augment(x, pairs)
        assert changed.shape == x.shape
        assert changed.min() >= 0
        assert changed.max() <= 1
        torch.testing.assert_close(changed * 255, (changed * 255).round())
        same = ((changed - x).abs().amax((1, 2, 3)) < 1 / 255).float().mean()
        assert 0.02 < same < 0.6


def test_invert_alone_inverts_the_share_that_its_probability_says() -> None:
    torch.manual_seed(1)
    x = torch.zeros(2000, 1, 4, 4)
    changed = auto_augment(x, [(("Invert", 0.3, 0), ("Solarize", 0.0, 9))])
    assert changed.amax((1, 2, 3)).mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("mine", "enhancer"),
    [(brightened, "Brightness"), (contrasted, "Contrast"), (saturated, "Color")],
)
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_colors_change_as_in_the_imaging_library(mine: Any, enhancer: str, factor: float) -> None:
    images = pictures()
    changed = array(mine(tensor(images) / 255, factor)) * 255
    by_library = getattr(ImageEnhance, enhancer)
    theirs = np.stack([np.asarray(by_library(Image.fromarray(one)).enhance(factor)) for one in images])
    # The library takes whole pixels for gray and for what comes out.
    assert np.abs(changed - theirs).max() <= 1 + abs(1 - factor) + 1e-3


@pytest.mark.parametrize("turn", [-0.4, 0.0, 1 / 3, 0.5])
def test_hues_turn_around_the_circle_of_colors(turn: float) -> None:
    x = torch.cat(
        [
            _images(),
            torch.tensor([[0.0, 1.0, 0.0], [0.5, 0.5, 0.5]]).T[None, :, None].expand(1, 3, 24, 2).repeat(1, 1, 1, 15),
        ]
    )
    changed = turned_hue(x, turn)
    for before, after in zip(
        x.movedim(1, -1)[:, ::5, ::4].reshape(-1, 3), changed.movedim(1, -1)[:, ::5, ::4].reshape(-1, 3), strict=True
    ):
        hue, saturation, value = colorsys.rgb_to_hsv(*before.tolist())
        assert after.tolist() == pytest.approx(colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value), abs=1e-4)
    gray = x.mean(1, keepdim=True)
    assert torch.equal(turned_hue(gray, turn), gray)


def test_hues_are_torchvision_s() -> None:
    functions = pytest.importorskip("torchvision.transforms.v2.functional")
    for turn in (-0.4, 0.1, 0.5):
        torch.testing.assert_close(
            turned_hue(_images(), turn), functions.adjust_hue(_images(), turn), atol=1e-4, rtol=0
        )


def test_jitter_draws_factors_within_what_is_given_for_each_row() -> None:
    torch.manual_seed(0)
    x = torch.full((500, 1, 2, 2), 0.5)
    factors = jitter(x, 0.4, 0.0, 0.0)[:, 0, 0, 0] / 0.5
    assert 0.6 <= factors.min() < 0.65
    assert 1.35 < factors.max() <= 1.4
    torch.testing.assert_close(jitter(x, 0.0, 0.9, 0.0), x)  # one gray has no contrast
    torch.testing.assert_close(jitter(x, 0.0, 0.0, 0.9), x)
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1).expand(500, 3, 1, 1)
    turned = jitter(red, 0.0, 0.0, 0.0, 0.1)[..., 0, 0]
    assert torch.equal(turned.amax(1), torch.ones(500))
    assert 0.55 < turned[:, 1:].max() <= 0.6  # a tenth of the circle is 0.6 of a sixth
    assert (turned[:, 1] > 0).float().mean().item() == pytest.approx(0.5, abs=0.1)  # to yellow, else to purple


def _images(rows: int = 4) -> Tensor:
    return tensor(pictures(rows)) / 255


@pytest.mark.parametrize("change", [resize, slant, perspective])
def test_changes_by_nothing_change_nothing(change: Any) -> None:
    x = _images()
    torch.testing.assert_close(change(x, 0.0), x, atol=1e-4, rtol=0.0)


def test_a_size_is_that_of_the_imaging_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand", lambda *size, **others: torch.ones(*size))
    images = pictures()
    mine = array(resize(tensor(images) / 255, 0.25)) * 255
    height, width = SIDES
    shrink, across, down = 1 / 1.25, width / 2 * (1 - 1 / 1.25), height / 2 * (1 - 1 / 1.25)
    how = (shrink, 0, across, 0, shrink, down)
    theirs = np.stack(
        [
            np.asarray(
                Image.fromarray(one).transform((width, height), Image.Transform.AFFINE, how, Image.Resampling.BILINEAR)
            )
            for one in images
        ]
    )
    assert np.abs(mine - theirs).max() <= 1.5


def test_a_slant_is_that_of_the_imaging_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "rand", lambda *size, **others: torch.ones(*size))
    images = pictures()
    mine = array(slant(tensor(images) / 255, 20.0)) * 255
    slope = float(np.tan(np.radians(20)))
    how = (1, slope, -slope * SIDES[0] / 2, 0, 1, 0)
    theirs = np.stack(
        [
            np.asarray(Image.fromarray(one).transform(SIZE, Image.Transform.AFFINE, how, Image.Resampling.BILINEAR))
            for one in images
        ]
    )
    inside = (slice(None), slice(1, -1), slice(10, -10))
    assert np.abs(mine - theirs)[inside].max() <= 1.5


def test_a_perspective_is_that_of_the_imaging_library_and_puts_the_corners_where_they_belong() -> None:
    images = pictures(1)
    inwards = torch.tensor([[[0.6, 0.9], [0.9, 0.7], [0.8, 0.8], [0.5, 1.0]]])
    mine = array(seen_from(tensor(images) / 255, inwards)) * 255
    height, width = SIDES
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    ours = (signs * inwards[0].numpy() + 1) / 2 * [width, height]
    theirs = (signs + 1) / 2 * [width, height]
    rows, right = [], []
    for (u, v), (x, y) in zip(ours, theirs, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        right += [x, y]
    how = tuple(np.linalg.solve(np.array(rows), np.array(right)))
    image = Image.fromarray(images[0])
    seen = np.asarray(image.transform((width, height), Image.Transform.PERSPECTIVE, how, Image.Resampling.BILINEAR))
    inside = np.asarray(
        Image.new("L", (width, height), 255).transform((width, height), Image.Transform.PERSPECTIVE, how)
    )
    whole = np.asarray(Image.fromarray(inside).resize((width, height))) > 0
    core = whole[2:, 2:] & whole[:-2, :-2] & whole[2:, :-2] & whole[:-2, 2:]
    assert core.sum() > 200
    assert np.abs(mine[0] - seen)[1:-1, 1:-1][core].max() <= 1.5
    assert mine[0][0, 0].max() < 1e-3  # outside is black


def test_upside_down_is_about_half() -> None:
    torch.manual_seed(0)
    x = torch.rand(400, 1, 3, 2)
    turned = flip_vertical(x)
    rows = (turned == x.flip(-2)).flatten(1).all(1)
    assert rows.float().mean().item() == pytest.approx(0.5, abs=0.1)
    assert torch.equal(turned[~rows], x[~rows])


def test_black_and_white_are_the_least_and_largest_value_of_all_channels() -> None:
    raw = np.random.default_rng(0).uniform(10, 200, (5, 3, 4, 4)).astype(np.float32)
    shift, scale = (
        np.array([[[50.0]], [[60.0]], [[70.0]]], np.float32),
        np.array([[[2.0]], [[3.0]], [[4.0]]], np.float32),
    )
    black, white = black_and_white((raw - shift) / scale, shift, scale)
    np.testing.assert_allclose(black.numpy() * scale + shift, raw.min(), rtol=1e-4)
    np.testing.assert_allclose(white.numpy() * scale + shift, raw.max(), rtol=1e-4)


def test_what_is_shown_is_one_image_of_each_class_first_and_the_same_for_the_same_seed() -> None:
    splits = load(RunConfig().changed({"data.name": "digits"}).data)
    values = RunConfig().changed({"data.name": "digits", "augmentation.rotation": 20.0}).augmentation
    before = torch.get_rng_state()
    shown = shown_images(splits, values, images=12, draws=4, seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert shown.classes == (*map(str, range(10)), "0", "1")
    assert shown.originals.shape == (12, 8, 8, 1)
    assert shown.drawn.shape == (12, 4, 8, 8, 1)
    assert shown.originals.max() == 255
    again = shown_images(splits, values, images=12, draws=4, seed=3)
    np.testing.assert_array_equal(again.drawn, shown.drawn)
    assert (shown_images(splits, values, images=12, draws=4, seed=4).drawn != shown.drawn).any()
    plain = shown_images(splits, {**values, "rotation": 0.0}, images=12, draws=4, seed=3)
    np.testing.assert_array_equal(plain.drawn, np.repeat(plain.originals[:, None], 4, 1))


def test_every_setting_of_images_is_refused_for_tables_and_told_apart_from_nothing() -> None:
    config = RunConfig().changed({"data.name": "digits"})
    assert not asked_for(config.augmentation)
    for name in IMAGE_AUGMENTATION:
        setting = config.settings()[f"augmentation.{name}"]
        assert isinstance(setting, Hyperparameter)
        value = "svhn" if setting.kind == "choice" else True if setting.kind == "bool" else setting.high
        images = config.changed({f"augmentation.{name}": value})
        assert asked_for(images.augmentation)
        assert not asked_for(images.changed({"data.name": "moons"}).augmentation)
        with pytest.raises(ValueError, match="Two moons has none"):
            RunConfig().changed({f"augmentation.{name}": value})
