"""Pictures of Plotly as drawings: SVG and PNG on a machine without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.stills.still import picture_png as picture_png
    from figures.stills.still import still_picture as still_picture
    from figures.stills.still import still_png as still_png
    from figures.stills.still import still_svg as still_svg

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "still": {
            "picture_png": "A drawing as PNG of a size in pixels.",
            "still_picture": "A figure of Plotly as a drawing.",
            "still_png": "The same as PNG.",
            "still_svg": "The same as a standalone SVG.",
        },
    },
)
