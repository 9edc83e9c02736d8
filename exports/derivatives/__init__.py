"""What the page of derivatives leaves to take away: five scripts and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from exports.derivatives.five_forms import form_script as form_script
    from exports.derivatives.five_forms import forms_zip as forms_zip
    from exports.derivatives.trace import trace_csv as trace_csv

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "five_forms": {
            "form_script": "The source of a script that fits the cubic to sin x in one form of code.",
            "forms_zip": "The scripts of all five forms in one ZIP.",
        },
        "trace": {
            "trace_csv": "The rows of an evaluation trace as CSV.",
        },
    },
)
