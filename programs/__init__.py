"""The language of straight-line programs that both NumPy and a browser run, and what writes them.

Landscapes write theirs from an expression, update rules by being run on recording arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from programs.language import CALLS as CALLS
    from programs.language import MEAN as MEAN
    from programs.language import OPERATIONS as OPERATIONS
    from programs.language import Code as Code
    from programs.language import Surface as Surface
    from programs.language import mean_of_rows as mean_of_rows
    from programs.language import run_code as run_code
    from programs.recording import NotRecordedError as NotRecordedError
    from programs.recording import Recorded as Recorded
    from programs.recording import lifted as lifted
    from programs.tape import Tape as Tape

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "language": {
            "CALLS": "The words that ask the surface for something at a point.",
            "MEAN": "The word that ends what is done for each row.",
            "OPERATIONS": "Every operation by its word: how many operands it takes, and its meaning in NumPy.",
            "Code": "A program: a flat list of words and numbers.",
            "Surface": "What a program may ask of a surface: value, gradient, Hessian.",
            "mean_of_rows": "The mean over the last axis, added up as a browser does.",
            "run_code": "The results of a program in NumPy, the machine whose meaning the browser's must share.",
        },
        "recording": {
            "NotRecordedError": "A function did something that a straight-line program cannot.",
            "Recorded": "An array that writes down what is done to it.",
            "lifted": "Numbers as constants of a tape; what is recorded stays.",
        },
        "tape": {
            "Tape": "Operations in the order they were written down, equal ones once.",
        },
    },
)
