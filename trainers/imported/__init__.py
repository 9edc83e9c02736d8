"""Curves of other tools: read, named, and kept as runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.imported.curves import MAX_BYTES as MAX_BYTES
    from trainers.imported.curves import Curves as Curves
    from trainers.imported.curves import CurvesError as CurvesError
    from trainers.imported.curves import ReadLog as ReadLog
    from trainers.imported.curves import curves_of as curves_of
    from trainers.imported.curves import read_curves as read_curves
    from trainers.imported.curves import read_log as read_log
    from trainers.imported.kept import keep_curves as keep_curves
    from trainers.imported.reports import ROLES as ROLES
    from trainers.imported.reports import reports_of as reports_of
    from trainers.imported.reports import watched_of as watched_of
    from trainers.imported.sample import SAMPLE_CSV as SAMPLE_CSV
    from trainers.imported.sample import SAMPLE_NAME as SAMPLE_NAME

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "curves": {
            "Curves": "A history and what was taken for what.",
            "CurvesError": "What is wrong with a file of curves: line and column where it has a place, and what the "
            "file was taken for.",
            "MAX_BYTES": "The most bytes of curves that are read, all files together.",
            "ReadLog": "Files that have been read, before anything is made of them.",
            "curves_of": "The curves in a log, with columns and a training that one may choose.",
            "read_curves": "The history in one file or several, which columns it was read from, and what was guessed.",
            "read_log": "What stands in one file or several, before anything is made of it.",
        },
        "kept": {
            "keep_curves": "Keep curves as a run, within the room that imported ones may take.",
        },
        "reports": {
            "ROLES": "What a column may be, and how it is called.",
            "reports_of": "One complete report an entry.",
            "watched_of": "The curves as the charts take them, before they are kept.",
        },
        "sample": {
            "SAMPLE_CSV": "Curves to try the import with.",
            "SAMPLE_NAME": "What the sample is called.",
        },
    },
)
