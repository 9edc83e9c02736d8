"""Lessons: a text file of steps, each a view of the lab with words beside it, read with every fault told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.lessons.catalogue import is_name as is_name
    from experiments.lessons.catalogue import lesson_file as lesson_file
    from experiments.lessons.catalogue import lesson_names as lesson_names
    from experiments.lessons.formulas import formula_mathml as formula_mathml
    from experiments.lessons.formulas import formula_text as formula_text
    from experiments.lessons.prose import reader as reader
    from experiments.lessons.reading import read_lesson as read_lesson
    from experiments.lessons.types import MAX_FILE as MAX_FILE
    from experiments.lessons.types import MAX_STEPS as MAX_STEPS
    from experiments.lessons.types import MAX_TEXT as MAX_TEXT
    from experiments.lessons.types import MAX_TITLE as MAX_TITLE
    from experiments.lessons.types import Lesson as Lesson
    from experiments.lessons.types import LessonError as LessonError
    from experiments.lessons.types import Problem as Problem
    from experiments.lessons.types import Question as Question
    from experiments.lessons.types import Step as Step
    from experiments.lessons.writing import lesson_text as lesson_text
    from experiments.lessons.writing import step_link as step_link

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "is_name": "Whether a lesson of the lab may be called so.",
            "lesson_file": "The text of a lesson of the lab.",
            "lesson_names": "The names of the lessons of the lab.",
        },
        "formulas": {
            "formula_mathml": "A formula of LaTeX as MathML.",
            "formula_text": "A formula of LaTeX on one line of plain text.",
        },
        "prose": {
            "reader": "CommonMark with tables; HTML stays text.",
        },
        "reading": {
            "read_lesson": "The lesson of a file, or an error with each problem and its line.",
        },
        "types": {
            "MAX_FILE": "The most characters of a file.",
            "MAX_STEPS": "The most steps of a lesson.",
            "MAX_TEXT": "The most characters of a step's text.",
            "MAX_TITLE": "The most characters of a title.",
            "Lesson": "A head and steps.",
            "LessonError": "A file that is no lesson, with all that is wrong.",
            "Problem": "What is wrong in a line of a file.",
            "Question": "What a step asks before its view is shown.",
            "Step": "A text beside a view of the lab.",
        },
        "writing": {
            "lesson_text": "The file of a lesson.",
            "step_link": "The view of a step as in an address of the lab.",
        },
    },
)
