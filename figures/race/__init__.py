"""A race as pictures: the player, stills, animations, the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.race.animation import race_gif as race_gif
    from figures.race.lanes import drawn_lanes as drawn_lanes
    from figures.race.player import player_payload as player_payload
    from figures.race.still import race_png as race_png
    from figures.race.still import race_svg as race_svg
    from figures.race.table import results_table as results_table
    from figures.race.table import rules_table as rules_table

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "animation": {
            "race_gif": "The race from its start to its end, repeated forever; the last frame stays for two seconds.",
        },
        "lanes": {
            "drawn_lanes": "The lanes in the order of the race, with looks that tell them apart.",
        },
        "player": {
            "player_payload": "The finished race as the player takes it.",
        },
        "still": {
            "race_png": "The same picture as PNG, ``width`` by ``height`` pixels.",
            "race_svg": "The race up to ``step`` (None.",
        },
        "table": {
            "results_table": "One row a lane, the best first, written with the app's numbers; ``.data`` is the "
            "DataFrame behind it.",
            "rules_table": "One row a rule, in the order given: what it averages, holds, costs and asks, and where it "
            "is from.",
        },
    },
)
