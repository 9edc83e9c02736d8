"""The loss of one neuron over rows of a table, as a surface of its two weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from landscapes.neurons.any_kind import DATA as DATA
    from landscapes.neurons.any_kind import MOST_FEATURES as MOST_FEATURES
    from landscapes.neurons.any_kind import NEURON as NEURON
    from landscapes.neurons.any_kind import facts_of as facts_of
    from landscapes.neurons.any_kind import rows_for as rows_for
    from landscapes.neurons.data import CLASSES as CLASSES
    from landscapes.neurons.data import REGRESSION as REGRESSION
    from landscapes.neurons.data import class_names as class_names
    from landscapes.neurons.data import feature_table as feature_table
    from landscapes.neurons.data import row_table as row_table
    from landscapes.neurons.data import stored_rows as stored_rows
    from landscapes.neurons.data import target_name as target_name
    from landscapes.neurons.kinds import CHAIN as CHAIN
    from landscapes.neurons.kinds import KINDS as KINDS
    from landscapes.neurons.kinds import Kind as Kind
    from landscapes.neurons.kinds import answer_code as answer_code
    from landscapes.neurons.kinds import chain_codes as chain_codes
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
        "any_kind": {
            "DATA": "The rows that a neuron of any kind may learn, by name.",
            "MOST_FEATURES": "Features to choose from.",
            "NEURON": "The landscape of a neuron of any kind.",
            "facts_of": "What is known of the mean loss over given rows.",
            "rows_for": "A table as the columns that a neuron sees.",
        },
        "data": {
            "CLASSES": "Rows of two classes, by name.",
            "REGRESSION": "Rows with a number as their target, by name.",
            "class_names": "What the two classes of rows are called.",
            "feature_table": "All inputs, targets and the inputs' names of rows.",
            "row_table": "Inputs, targets and the inputs' names of rows.",
            "stored_rows": "The rows that the file keeps.",
            "target_name": "What the target is, where it is a number.",
        },
        "kinds": {
            "CHAIN": "The numbers of one row, forward and backward.",
            "KINDS": "Every kind of neuron by key.",
            "Kind": "A unit and the loss it is trained on.",
            "answer_code": "The loss over the answer, as a program.",
            "chain_codes": "The numbers of one row, as programs.",
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
