"""The GIF plays the race: it loops, ends on a held frame, keeps its colors and does not flicker."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from experiments.race import Race, make_entry, run_race
from figures.drawing import Line, paint_inside
from figures.drawing.gif_file import gif
from figures.race import animation
from figures.race.animation import race_gif
from figures.race.backdrop import race_stage
from figures.race.lanes import drawn_lanes
from figures.theme import rgb
from landscapes import LANDSCAPES
from tests.figures.races import noisy, valley


@pytest.fixture(scope="module")
def played() -> Image.Image:
    return Image.open(io.BytesIO(race_gif(valley(), width=480, height=360, seconds=2, fps=10)))


def frame(image: Image.Image, number: int) -> np.ndarray:
    image.seek(number)
    return np.asarray(image.convert("RGB"))


def test_it_loops_and_holds_the_end_for_two_seconds(played: Image.Image) -> None:
    assert played.size == (480, 360)
    assert played.n_frames == 20  # pyright: ignore[reportAttributeAccessIssue]
    assert played.info["loop"] == 0
    durations = []
    for number in range(20):
        played.seek(number)
        durations.append(played.info["duration"])
    assert durations == [100] * 19 + [2000]


def test_what_does_not_move_keeps_its_pixels_in_every_frame(played: Image.Image) -> None:
    left, _, _, bottom = (round(edge) for edge in race_stage(valley(), width=480, height=360, dark=False).frame)
    still = (slice(bottom - 40, bottom - 5), slice(left + 5, left + 40))
    first = frame(played, 0)
    assert all((frame(played, number)[still] == first[still]).all() for number in (1, 7, 19))
    assert len(np.unique(first[still].reshape(-1, 3), axis=0)) > 5


def test_heads_show_the_lanes_exact_colors_and_move(played: Image.Image) -> None:
    lane = drawn_lanes(valley())[2]
    stage = race_stage(valley(), width=480, height=360, dark=False)
    for number in (6, 12, 19):
        step = round(number * 120 / 19)
        x, y = stage.place(lane.trajectory.points[step])
        around = frame(played, number)[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7].reshape(-1, 3)
        assert (around == rgb(lane.color)).all(axis=1).any()


def test_progress_rises_to_one_and_few_steps_give_few_frames() -> None:
    shares: list[float] = []
    image = Image.open(
        io.BytesIO(race_gif(noisy(), width=200, height=160, seconds=6, dark=True, progress=shares.append))
    )
    assert image.n_frames == 41  # pyright: ignore[reportAttributeAccessIssue]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_frames_survive_the_file_exactly() -> None:
    generator = np.random.default_rng(3)
    palette = generator.integers(0, 256, (256, 3), dtype=np.uint8)
    frames = [generator.integers(0, 255, (17, 23), dtype=np.uint8)]
    for _ in range(3):
        following = frames[-1].copy()
        following[4:9, 5:20] = generator.integers(0, 255, (5, 15))
        frames.append(following)
    frames.append(frames[-1].copy())
    image = Image.open(io.BytesIO(gif([(indices, 40) for indices in frames], palette)))
    for number, indices in enumerate(frames):
        assert (frame(image, number) == palette[indices]).all()


def test_impossible_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="seconds was given 0; allowed are 1 to 30"):
        race_gif(valley(), seconds=0)
    with pytest.raises(ValueError, match="fps was given 99; allowed are 1 to 50"):
        race_gif(valley(), fps=99)
    with pytest.raises(ValueError, match="at least one frame"):
        gif([], np.zeros((256, 3), dtype=np.uint8))


def test_a_frame_of_a_long_race_adds_to_the_trails_of_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    race = Race(
        landscape=LANDSCAPES["himmelblau"],
        entries=tuple(make_entry("sgd", {"lr": lr}) for lr in (0.002, 0.004, 0.006)),
        start=(0.3, -1.4),
        steps=3000,
        noise=20.0,
    )
    corners = []

    def counted(image, picture, items, scale):
        corners.append(sum(len(item.points) for item in items if isinstance(item, Line)))
        paint_inside(image, picture, items, scale)

    monkeypatch.setattr(animation, "paint_inside", counted)
    image = Image.open(io.BytesIO(race_gif(run_race(race), width=480, height=360, seconds=2, fps=10)))
    assert image.n_frames == 20  # pyright: ignore[reportAttributeAccessIssue]
    assert 2 * 3 * 500 < sum(corners) < 1.5 * 2 * 3 * 3000  # a halo and a line of every step, once
    plain, early, end = (frame(image, number)[40:320, 60:300] for number in (0, 6, 19))
    trodden = (early != plain).any(axis=-1)
    assert trodden.sum() > 1000
    assert (end != plain).any(axis=-1)[trodden].mean() > 0.9
