"""Live curves: the payload that the browser draws, and still pictures of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.live.asked import asked_loss as asked_loss
    from figures.live.asked import asked_losses as asked_losses
    from figures.live.asked import loss_by_epoch as loss_by_epoch
    from figures.live.numbers import numbers_of as numbers_of
    from figures.live.payload import comparison_payload as comparison_payload
    from figures.live.payload import live_payload as live_payload
    from figures.live.payload import run_colors as run_colors
    from figures.live.still import comparison_picture as comparison_picture
    from figures.live.still import comparison_png as comparison_png
    from figures.live.still import comparison_svg as comparison_svg
    from figures.live.still import known_panel as known_panel
    from figures.live.still import live_picture as live_picture
    from figures.live.still import live_png as live_png
    from figures.live.still import live_svg as live_svg
    from figures.live.sweep import sweep_payload as sweep_payload
    from figures.live.sweep import sweep_sentence as sweep_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "asked": {
            "asked_loss": "The first epochs of a run's losses, whose end is asked for.",
            "asked_losses": "The first epochs of several runs' validation losses, as SVG.",
            "loss_by_epoch": "Epochs and validation loss, as far as it is known.",
        },
        "numbers": {
            "numbers_of": "Numbers that at least one of the runs has, by key, as menus name them.",
        },
        "payload": {
            "comparison_payload": "Any one number of the runs as one chart, one line a run.",
            "live_payload": "Runs on common charts.",
            "run_colors": "Colors of a run's training and validation curve, each for light and dark.",
        },
        "still": {
            "comparison_picture": "One number of the runs as a drawing.",
            "comparison_png": "The same picture as PNG, 1920 by 1080.",
            "comparison_svg": "One number of the runs as a standalone SVG.",
            "known_panel": "The key of a panel as a link may name it; the loss where there is none of that name.",
            "live_picture": "The panel of the runs as a drawing.",
            "live_png": "The same picture as PNG, two and a half times as many pixels: 1920 by 1080 as it is.",
            "live_svg": "The panel of the runs, as they stand, as a standalone SVG.",
        },
        "sweep": {
            "sweep_payload": "The losses of all runs, any number of them, against the setting, or against the "
            "number of parameters.",
            "sweep_sentence": "What the curve of final validation losses over the setting does.",
        },
    },
)
