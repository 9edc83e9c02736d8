"""What a view leaves in a file: something that plays, pictures, or a sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from figures.drawing import Picture

MOST_PICTURES = 8


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture of Plotly. alt: what it shows, in words. draw: called with whether it is for the dark theme."""

    alt: str
    draw: Callable[[bool], Any]


@dataclass(frozen=True, kw_only=True)
class ExportedView:
    """live: what plays, its ground and its payload. still: of what plays, as a drawing of a width and height.

    drawings: pictures, of which the first ones are the most important. missing: why there is no picture, a sentence.
    """

    live: tuple[str, bytes] | None = None
    still: Callable[[int, int], Picture] | None = None
    drawings: tuple[Drawing, ...] = ()
    missing: str = ""


def still_of(draw: Callable[[], Any]) -> Callable[[int, int], Picture]:
    """The still of what plays, drawn by Plotly for a light ground."""

    def still(width: int, height: int) -> Picture:
        from figures.stills import still_picture

        return still_picture(draw(), width=width, height=height)

    return still


def drawn(pictures: Mapping[str, Callable[[bool], Any]]) -> ExportedView:
    """Of pictures by what they show."""
    drawings = [Drawing(alt=alt, draw=draw) for alt, draw in pictures.items()]
    return ExportedView(drawings=tuple(drawings[:MOST_PICTURES]))
