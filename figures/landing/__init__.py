"""The landing page's small pictures: a network that trains, and what the pages without races are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.landing.cards import SUBJECTS as SUBJECTS
    from figures.landing.cards import subject_svg as subject_svg
    from figures.landing.lessons import LESSONS as LESSONS
    from figures.landing.lessons import lesson_svg as lesson_svg

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "cards": {
            "SUBJECTS": "The pages that a card with a picture leads to, by their names in an address.",
            "subject_svg": "The picture of a page, a key of ``SUBJECTS``.",
        },
        "lessons": {
            "LESSONS": "The training presets of the landing page, in its order.",
            "lesson_svg": "Loss in training and validation of a preset's first run, as it was recorded.",
        },
    },
)
