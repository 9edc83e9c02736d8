"""The controls of the pages that show a race: in two dimensions, and in one."""

from __future__ import annotations

from experiments.race import LINE_PRESETS, PRESETS, RaceCodec, line_codec
from pages.parts.race.sidebar import RaceControls

PICTURES = {"map": "Map", "3d": "3-D"}
"""What the page shows large: its key in a link, and the label of the switch."""

descent = RaceControls(page="descent", codec=RaceCodec(), presets=PRESETS)
line = RaceControls(page="line", codec=line_codec(), presets=LINE_PRESETS, surface="Function", formula="f(x) =")

linked = descent.linked
"""What the descent page shows, in its controls, the session and the link."""
