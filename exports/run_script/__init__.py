"""A training run as a PyTorch script that needs nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from exports.run_script.program import script as script

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "program": {
            "script": "The text of the script.",
        },
    },
)
