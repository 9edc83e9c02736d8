"""Text on pictures fits where it is put."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from figures.drawing.lettering import draw_text, shortened, text_width, wrapped


def ink(text: str) -> np.ndarray:
    image = Image.new("L", (240, 50), 0)
    draw_text(ImageDraw.Draw(image), 5, 35, text, size=24, color="#FFFFFF", halo=None, bold=False)
    return np.asarray(image) > 128


def test_width_is_what_is_drawn() -> None:
    columns = np.nonzero(ink("Momentum").any(axis=0))[0]
    assert abs((columns[-1] - 5) - text_width("Momentum", 24)) < 4


def test_superscripts_are_small_and_raised() -> None:
    plain, raised = ink("10"), ink("10⁻⁹")
    rows = np.nonzero(raised[:, int(5 + text_width("10", 24)) :].any(axis=1))[0]
    assert rows[-1] < np.nonzero(plain.any(axis=1))[0][-1] - 4
    assert text_width("10", 24) < text_width("10⁻⁹", 24) < text_width("10-9", 24)


def test_indices_are_small_and_lowered_and_letters_are_raised() -> None:
    plain, lowered, raised = ink("xk"), ink("xₖ₊₁"), ink("xᵏᵀ")
    begin = int(5 + text_width("x", 24))
    base = np.nonzero(plain.any(axis=1))[0][-1]
    assert np.nonzero(lowered[:, begin:].any(axis=1))[0][-1] > base
    assert np.nonzero(raised[:, begin:].any(axis=1))[0][-1] < base - 4
    assert text_width("xₖ", 24) < text_width("xk", 24)


def test_accents_and_minus_signs_do_not_turn_into_boxes() -> None:
    assert (ink("é") == ink("e")).all()
    assert (ink("\N{MINUS SIGN}1") == ink("-1")).all()


def test_a_bar_or_a_dot_stands_over_its_letter() -> None:
    """As adjoints, tangents and answers are written; the letters are those of the text without it."""
    for mark in ("\N{COMBINING MACRON}", "\N{COMBINING DOT ABOVE}", "\N{COMBINING CIRCUMFLEX ACCENT}"):
        plain, marked = ink("v3"), ink(f"v{mark}3")
        assert (marked & plain == plain).all()
        rows, columns = np.nonzero(marked & ~plain)
        assert rows.max() < np.nonzero(plain[:, : 5 + round(text_width("v", 24))].any(axis=1))[0][0]
        assert columns.max() < 5 + text_width("v", 24) + 1
        assert text_width(f"v{mark}3", 24) == text_width("v3", 24)


def test_long_text_is_cut_with_an_ellipsis_or_wrapped() -> None:
    text = "Schedule-free AdamW, rate 0.0025, no weight decay"
    short = shortened(text, 12, 100)
    assert short.endswith("…")
    assert text_width(short, 12) <= 100
    lines = wrapped(text, 12, 140)
    assert len(lines) == 2
    assert all(text_width(line, 12) <= 140 for line in lines)
    assert shortened("Adam", 12, 100) == "Adam"
