"""Text on pictures: its width, and its drawing with the font of Pillow, so that pictures look alike everywhere.

That font is plain Latin. Superscripts and indices are drawn as small letters, raised or lowered; a bar, a dot or a hat
is drawn over its letter, other accents fall back to their base letter, and what is left takes a system font where there
is one.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont

_SMALL_SIGNS = {"<super>": "raised", "<sub>": "lowered"}  # as Unicode says it of a character
_REPLACED = {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{MULTIPLICATION SIGN}": "x"}
_OVER = {
    "\N{COMBINING MACRON}": "bar",
    "\N{COMBINING DOT ABOVE}": "dot",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
}
_OVER_BY = 0.11  # of the size, above the letter
_RAISED_SIZE = 0.68
_BY = {"raised": 0.32, "lowered": -0.14}  # of the size, upwards
_TRACKING = 0.035  # a bold letter is a thickened one, so it needs more room


@cache
def _font(size: float) -> Font:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("pictures with text need Pillow built with FreeType")
    return font


@cache
def _system_font(size: float) -> Font | None:
    for name in ("DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


@cache
def _has(character: str) -> bool:
    font = _font(20)
    masks = [bytes(font.getmask(shown, mode="L")) for shown in (character, "\uffff")]  # pyright: ignore[reportArgumentType]
    return masks[0] != masks[1] or character == " "


@cache
def _runs(text: str) -> tuple[tuple[str, str], ...]:
    """The text in pieces of one kind: plain, raised, or system."""
    runs: list[tuple[str, str]] = []
    for character in text:
        if character in _OVER:
            runs.append((_OVER[character], ""))
            continue
        way, _, sign = unicodedata.decomposition(character).partition(" ")
        if way in _SMALL_SIGNS and not sign.count(" ") and _has(_plain_sign(sign)):
            kind, shown = _SMALL_SIGNS[way], _plain_sign(sign)
        elif _has(character) or character in _REPLACED:
            kind, shown = "plain", _REPLACED.get(character, character)
        else:
            base = unicodedata.normalize("NFKD", character)[:1]
            kind, shown = ("plain", base) if _has(base) else ("system", character)
        if runs and runs[-1][0] == kind:
            runs[-1] = kind, runs[-1][1] + shown
        else:
            runs.append((kind, shown))
    return tuple(runs)


def _plain_sign(code: str) -> str:
    """What stands small, as a sign of the font."""
    sign = chr(int(code, 16))
    return _REPLACED.get(sign, sign)


def _run_font(kind: str, size: float) -> Font:
    if kind in _BY:
        return _font(round(size * _RAISED_SIZE, 1))
    return (_system_font(size) if kind == "system" else None) or _font(size)


@cache
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Pixels that a line of text takes."""
    plain = sum(_run_font(kind, size).getlength(shown) for kind, shown in _runs(text))
    return plain + len(text) * size * _TRACKING if bold else plain


def draw_text(
    draw: ImageDraw.ImageDraw, x: float, y: float, text: str, *, size: float, color: str, halo: str | None, bold: bool
) -> None:
    """Write one line with its baseline's left end at (x, y); ``halo`` is the color of an outline."""
    thick = size / 40 if bold else 0
    tracking = size * _TRACKING if bold else 0.0
    for outline in (halo, None) if halo else (None,):
        left, last, top = x, 0.0, 0.0
        for kind, shown in _runs(text):
            if kind in _OVER.values():
                _draw_over(draw, kind, left - last, left - tracking, y + top, size, outline or color)
                continue
            font = _run_font(kind, size)
            bottom = y - size * _BY.get(kind, 0.0)
            for piece in shown if bold else (shown,):
                if outline:
                    draw.text((left, bottom), piece, font=font, fill=outline, anchor="ls", stroke_width=size * 0.2)
                else:
                    draw.text((left, bottom), piece, font=font, fill=color, anchor="ls", stroke_width=thick)
                last = font.getlength(piece[-1:]) + tracking
                top = float(font.getbbox(piece[-1:], anchor="ls")[1])
                left += font.getlength(piece) + tracking


def _draw_over(
    draw: ImageDraw.ImageDraw, kind: str, left: float, right: float, y: float, size: float, color: str
) -> None:
    """A bar, a dot or a hat over the letter between left and right whose top is at y."""
    up, half = y - size * _OVER_BY, size / 24
    middle = (left + right) / 2
    if kind == "bar":
        draw.rectangle((left, up - half, right, up + half), fill=color)
    elif kind == "hat":
        wide, tall = size * 0.17, size * 0.1
        roof = [(middle - wide, up + tall / 2), (middle, up - tall), (middle + wide, up + tall / 2)]
        draw.line(roof, fill=color, width=max(1, round(2 * half)), joint="curve")
    else:
        draw.ellipse((middle - 1.6 * half, up - 1.6 * half, middle + 1.6 * half, up + 1.6 * half), fill=color)


def shortened(text: str, size: float, width: float) -> str:
    """The text, or its beginning and an ellipsis where it is wider than ``width``."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,')}…"


def wrapped(text: str, size: float, width: float, lines: int = 2) -> list[str]:
    """The text in at most so many lines, broken at spaces; the last one is shortened."""
    rows: list[str] = []
    words = text.split(" ")
    while words and len(rows) < lines - 1:
        count = len(words)
        while count > 1 and text_width(" ".join(words[:count]), size) > width:
            count -= 1
        rows.append(shortened(" ".join(words[:count]), size, width))
        words = words[count:]
    return [*rows, shortened(" ".join(words), size, width)] if words else rows
