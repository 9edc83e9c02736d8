"""Trainings that run elsewhere: what they tell is read, within bounds, and becomes runs of this lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.watched.admission import lab_token as lab_token
    from trainers.watched.reading import MAX_BODY as MAX_BODY
    from trainers.watched.reading import Told as Told
    from trainers.watched.reading import ToldError as ToldError
    from trainers.watched.reading import is_told as is_told
    from trainers.watched.reading import read_told as read_told
    from trainers.watched.taking import Busy as Busy
    from trainers.watched.taking import Gone as Gone
    from trainers.watched.taking import NotYours as NotYours
    from trainers.watched.taking import take_in as take_in

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "admission": {
            "lab_token": "The token of this lab; empty where it takes no reports.",
        },
        "reading": {
            "MAX_BODY": "The most bytes of one post.",
            "Told": "What a training has told, checked.",
            "ToldError": "What is wrong with what was told, with its line.",
            "is_told": "Whether a text is what a watched training writes.",
            "read_told": "The lines of a watched training, read and checked.",
        },
        "taking": {
            "Busy": "There are as many trainings at once as are watched.",
            "Gone": "The run was deleted here.",
            "NotYours": "The id belongs to a run that is not watched.",
            "take_in": "Put what was told into the store; the run as it is then.",
        },
    },
)
