"""Maps of basins, of rates, and lines of sensitivity, as the browser takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.maps.map_still import map_figure as map_figure
    from figures.maps.payload import drawn_rest as drawn_rest
    from figures.maps.payload import maps_payload as maps_payload

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "map_still": {
            "map_figure": "A map as a still picture.",
        },
        "payload": {
            "drawn_rest": "Points at rest with names, letters and colors.",
            "maps_payload": "What the browser needs to compute and draw a map.",
        },
    },
)
