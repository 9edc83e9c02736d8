"""The ES modules that browsers run, framework-free, the same in the app and in exported files; the blob they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.frontend.modules import FRONTEND as FRONTEND
    from figures.frontend.modules import import_order as import_order
    from figures.frontend.modules import joined_modules as joined_modules
    from figures.frontend.wire import Buffers as Buffers
    from figures.frontend.wire import blob as blob
    from figures.frontend.wire import framed as framed
    from figures.frontend.wire import plain as plain
    from figures.frontend.wire import with_more as with_more

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "modules": {
            "FRONTEND": "The folder of the modules and style sheets.",
            "import_order": "A module and all that it imports, each after those that it imports itself.",
            "joined_modules": "A module and all that it imports as one script, without imports and exports.",
        },
        "wire": {
            "Buffers": "Columns of numbers one after another, with what the header says of each.",
            "blob": "Header and buffers in one piece.",
            "framed": "The same payload for another height or view, whose start can be picked or not.",
            "plain": "What JSON can hold: None for what is no finite number.",
            "with_more": "The same payload with more in its header.",
        },
    },
)
