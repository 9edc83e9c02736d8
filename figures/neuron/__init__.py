"""A neuron as pictures: what its player needs beside the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.neuron.many_rows import many_rows_figure as many_rows_figure
    from figures.neuron.payload import neuron_payload as neuron_payload

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "many_rows": {
            "many_rows_figure": "How far the loss of many rows is above its least, by iteration or by epoch.",
        },
        "payload": {
            "neuron_payload": "The payload of a race with the neuron that it runs on.",
        },
    },
)
