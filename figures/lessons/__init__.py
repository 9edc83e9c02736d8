"""A lesson as slides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.lessons.deck import SCALE as SCALE
    from figures.lessons.deck import STILL as STILL
    from figures.lessons.deck import lesson_slides as lesson_slides

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "deck": {
            "SCALE": "How much larger letters of a picture are on a slide than on a page.",
            "STILL": "Pixels of a still, width and height.",
            "lesson_slides": "The slides as PDF, one a step.",
        },
    },
)
