"""A neuron as pictures: what its player needs beside the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.neuron.payload import neuron_payload as neuron_payload

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "payload": {
            "neuron_payload": "The payload of a race with the neuron that it runs on.",
        },
    },
)
