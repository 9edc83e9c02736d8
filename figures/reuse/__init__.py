"""Reuse as pictures: curves of each way, losses by rows, how far two tasks agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.reuse.curves import agreement_figure as agreement_figure
    from figures.reuse.curves import epochs_figure as epochs_figure
    from figures.reuse.curves import rows_figure as rows_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "curves": {
            "agreement_figure": "The cosine between both tasks' gradients, by epoch.",
            "epochs_figure": "Each way by epoch.",
            "rows_figure": "The least loss of each way by the number of rows.",
        },
    },
)
