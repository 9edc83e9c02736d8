"""Loss surfaces of networks as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.surface.lattice import limits_of as limits_of
    from figures.surface.lattice import scale_figure as scale_figure
    from figures.surface.lattice import surface_figure as surface_figure
    from figures.surface.saddles import heights_figure as heights_figure
    from figures.surface.saddles import minima_figure as minima_figure
    from figures.surface.saddles import spectrum_figure as spectrum_figure
    from figures.surface.ways import ways_figure as ways_figure

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "lattice": {
            "limits_of": "The lowest and highest value of all surfaces, for one scale.",
            "scale_figure": "The colors that several surfaces share, with their numbers.",
            "surface_figure": "A surface as a map, level lines or heights, with what lies in it.",
        },
        "saddles": {
            "heights_figure": "Negative eigenvalues of critical points against their height.",
            "minima_figure": "The chance of a minimum by dimension.",
            "spectrum_figure": "All eigenvalues in one dimension.",
        },
        "ways": {
            "ways_figure": "Losses along the ways from one run to another.",
        },
    },
)
