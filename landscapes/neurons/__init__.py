"""The loss of one neuron over rows of a table, as a surface of its two weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from landscapes.neurons.data import CLASSES as CLASSES
    from landscapes.neurons.data import REGRESSION as REGRESSION
    from landscapes.neurons.data import row_table as row_table
    from landscapes.neurons.data import stored_rows as stored_rows
    from landscapes.neurons.surfaces import INPUTS as INPUTS
    from landscapes.neurons.surfaces import LOSSES as LOSSES
    from landscapes.neurons.surfaces import NEURONS as NEURONS
    from landscapes.neurons.surfaces import UNITS as UNITS
    from landscapes.neurons.surfaces import is_separable as is_separable
    from landscapes.neurons.surfaces import row_loss as row_loss
    from landscapes.neurons.surfaces import rows_of as rows_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "data": {
            "CLASSES": "Rows of two classes, by name.",
            "REGRESSION": "Rows with a number as their target, by name.",
            "row_table": "Inputs, targets and the inputs' names of rows.",
            "stored_rows": "The rows that the file keeps.",
        },
        "surfaces": {
            "INPUTS": "What the two weights are: those of two features, or weight and bias of one.",
            "LOSSES": "Losses of a neuron, by name.",
            "NEURONS": "The landscapes.",
            "UNITS": "Units of a neuron, by name.",
            "is_separable": "Whether a line parts the two classes.",
            "row_loss": "The loss of one row, as an expression.",
            "rows_of": "Rows by name, with the columns of a landscape.",
        },
    },
)
