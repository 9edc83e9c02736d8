"""What can be reused: one task learned after another, and two tasks on shared layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.reuse.code import reuse_code as reuse_code
    from experiments.reuse.presets import PRESETS as PRESETS
    from experiments.reuse.readings import Pace as Pace
    from experiments.reuse.readings import Reading as Reading
    from experiments.reuse.readings import counts_of as counts_of
    from experiments.reuse.readings import least as least
    from experiments.reuse.readings import pace_columns as pace_columns
    from experiments.reuse.readings import pace_of as pace_of
    from experiments.reuse.readings import reading_of as reading_of
    from experiments.reuse.settings import CODEC as CODEC
    from experiments.reuse.settings import PARTS as PARTS
    from experiments.reuse.settings import SHOWN as SHOWN
    from experiments.reuse.settings import SOURCES as SOURCES
    from experiments.reuse.settings import is_asked as is_asked
    from experiments.reuse.settings import request_of as request_of
    from experiments.reuse.words import cost_sentence as cost_sentence
    from experiments.reuse.words import tasks_sentences as tasks_sentences
    from experiments.reuse.words import transfer_sentences as transfer_sentences

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "code": {
            "reuse_code": "The study as a script.",
        },
        "presets": {
            "PRESETS": "Presets by key.",
        },
        "readings": {
            "Pace": "How soon a way is as low as from scratch.",
            "Reading": "One way with one number of rows, by epoch.",
            "counts_of": "Numbers of rows of which there is something.",
            "least": "The median over seeds of the least loss.",
            "pace_columns": "How soon each way is as low as from scratch, by number of rows.",
            "pace_of": "How soon the median curve of a way is as low as that from scratch.",
            "reading_of": "The curves of a way.",
        },
        "settings": {
            "CODEC": "The settings of the page as one state and as a link.",
            "PARTS": "Names of the parts of the page by key.",
            "SHOWN": "Names of what is drawn by key.",
            "SOURCES": "Where what is reused was learned, by key.",
            "is_asked": "Whether there is a study at all.",
            "request_of": "The study that the page shows.",
        },
        "words": {
            "cost_sentence": "How much there is to do.",
            "tasks_sentences": "What sharing does to each task.",
            "transfer_sentences": "The best way, its pace, and what becomes of the gap.",
        },
    },
)
