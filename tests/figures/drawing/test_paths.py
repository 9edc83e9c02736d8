"""Polylines are cut, thinned and dashed without changing where they run."""

from __future__ import annotations

import numpy as np
import pytest

from figures.drawing.paths import clip_path, dashes, thin

SQUARE = (0.0, 0.0, 10.0, 10.0)


def test_a_path_that_leaves_and_returns_becomes_two_pieces_that_end_on_the_edge() -> None:
    path = np.array([[5.0, 5.0], [15.0, 5.0], [15.0, 8.0], [5.0, 8.0]])
    first, second = clip_path(path, SQUARE)
    assert first.tolist() == [[5, 5], [10, 5]]
    assert second.tolist() == [[10, 8], [5, 8]]


def test_a_step_across_the_whole_picture_is_drawn_where_it_crosses() -> None:
    (piece,) = clip_path(np.array([[-10.0, 0.0], [20.0, 10.0]]), SQUARE)
    assert piece == pytest.approx(np.array([[0, 10 / 3], [10, 20 / 3]]))


def test_a_path_inside_stays_as_it_is_even_where_it_rests() -> None:
    path = np.array([[1.0, 1.0], [2.0, 3.0], [2.0, 3.0], [4.0, 4.0]])
    (piece,) = clip_path(path, SQUARE)
    assert piece.tolist() == path.tolist()


def test_a_path_outside_is_not_drawn() -> None:
    assert clip_path(np.array([[-1.0, -1.0], [-2.0, 20.0]]), SQUARE) == []


def test_a_diverging_step_keeps_its_direction() -> None:
    (piece,) = clip_path(np.array([[5.0, 5.0], [1e300, 5.0]]), SQUARE)
    assert piece[-1] == pytest.approx([10, 5])


def test_thinning_keeps_both_ends_and_stays_within_the_distance() -> None:
    angle = np.linspace(0, 2 * np.pi, 1000)
    path = 5 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    kept = thin(path, 0.5)
    assert len(kept) < 80
    assert kept[0].tolist() == path[0].tolist()
    assert kept[-1].tolist() == path[-1].tolist()
    nearest = np.linalg.norm(path[:, None] - kept[None], axis=-1).min(axis=1)
    assert nearest.max() <= 0.5


def test_dashes_alternate_by_arc_length_around_corners() -> None:
    path = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 6.0]])
    first, second = dashes(path, (5.0, 3.0))
    assert first == pytest.approx(np.array([[0, 0], [4, 0], [4, 1]]))
    assert second == pytest.approx(np.array([[4, 4], [4, 6]]))


def test_a_solid_line_is_one_piece() -> None:
    path = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert dashes(path, ())[0].tolist() == path.tolist()


def test_a_scribble_of_thousands_of_dashes_is_one_line() -> None:
    path = np.random.default_rng(0).uniform(0, 400, (500, 2))
    assert len(dashes(path[:20], (7.0, 4.0))) > 200
    (piece,) = dashes(path, (7.0, 4.0))
    assert piece is path
