"""Curves of other tools: read, named, and kept as runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.imported.curves import MAX_BYTES as MAX_BYTES
    from trainers.imported.curves import Curves as Curves
    from trainers.imported.curves import CurvesError as CurvesError
    from trainers.imported.curves import read_curves as read_curves
    from trainers.imported.reports import read_lines as read_lines
    from trainers.imported.reports import reports_of as reports_of
    from trainers.imported.reports import watched_of as watched_of
    from trainers.imported.sample import SAMPLE_CSV as SAMPLE_CSV
    from trainers.imported.sample import SAMPLE_NAME as SAMPLE_NAME

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "curves": {
            "Curves": "A history and the names of the columns it was read from, by role.",
            "CurvesError": "What is wrong with a file of curves, with the line (the header is line 1) and the "
            "column where there is one.",
            "MAX_BYTES": "The largest text of curves that is read.",
            "read_curves": "The history in one file or several, and which columns it was read from.",
        },
        "reports": {
            "read_lines": "(what it is, the column or file it was read from), axes first.",
            "reports_of": "One complete report an entry.",
            "watched_of": "The curves as the charts take them, before they are kept.",
        },
        "sample": {
            "SAMPLE_CSV": "Curves to try the import with.",
            "SAMPLE_NAME": "What the sample is called.",
        },
    },
)
