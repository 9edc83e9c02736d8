"""Your own training, watched: five lines in any PyTorch loop, or a callback of Lightning, Keras or Hugging Face.

Only the standard library is loaded here; PyTorch is there already where a model is watched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.watch.hugging_face import hugging_face_callback as hugging_face_callback
    from trainers.watch.keras_side import keras_callback as keras_callback
    from trainers.watch.lightning_side import lightning_callback as lightning_callback
    from trainers.watch.lines import COLUMNS as COLUMNS
    from trainers.watch.lines import NUMBERS as NUMBERS
    from trainers.watch.lines import PATH as PATH
    from trainers.watch.lines import TOKEN as TOKEN
    from trainers.watch.lines import VERSION as VERSION
    from trainers.watch.watching import Watch as Watch

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "hugging_face": {
            "hugging_face_callback": "A callback of Hugging Face's Trainer that reports to a lab or a file.",
        },
        "keras_side": {
            "keras_callback": "A callback of Keras that reports to a lab or a file.",
        },
        "lightning_side": {
            "lightning_callback": "A callback of Lightning that reports to a lab or a file.",
        },
        "lines": {
            "COLUMNS": "What is measured of each layer, as it is written.",
            "NUMBERS": "The numbers of a report, as they are written.",
            "PATH": "Where a lab takes reports.",
            "TOKEN": "The variable of the environment that holds the token of a lab.",
            "VERSION": "Of the lines that are written.",
        },
        "watching": {
            "Watch": "One training that is watched.",
        },
    },
)
