"""A race as pictures: the player, stills, animations, the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.race.animation import race_gif as race_gif
    from figures.race.asked import asked_curve as asked_curve
    from figures.race.asked import asked_place as asked_place
    from figures.race.asked import end_of as end_of
    from figures.race.asked import known_values as known_values
    from figures.race.fair import fair_table as fair_table
    from figures.race.fair import left_figure as left_figure
    from figures.race.fair import profile_figure as profile_figure
    from figures.race.lanes import drawn_lanes as drawn_lanes
    from figures.race.player import player_payload as player_payload
    from figures.race.still import race_picture as race_picture
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
        "asked": {
            "asked_curve": "The first part of a lane's values by step; with a guess all of it.",
            "asked_place": "The surface with the start; with a guess the path and its end, too.",
            "end_of": "Where a lane ends.",
            "known_values": "The values of a lane as far as they are numbers.",
        },
        "fair": {
            "fair_table": "One row a rule, who solves most first, written with the app's numbers.",
            "left_figure": "For each rule the median and the middle half of what is left of the way down, on a "
            "logarithmic axis.",
            "profile_figure": "Data profiles: the share of starts that a rule has solved, against gradient "
            "evaluations.",
        },
        "lanes": {
            "drawn_lanes": "The lanes in the order of the race, with looks that tell them apart.",
        },
        "player": {
            "player_payload": "The finished race as the player takes it.",
        },
        "still": {
            "race_picture": "The race up to a step as a drawing.",
            "race_png": "The same picture as PNG, ``width`` by ``height`` pixels.",
            "race_svg": "The race up to ``step`` (None.",
        },
        "table": {
            "results_table": "Columns by their heads, one row a lane, the best first.",
            "rules_table": "One row a rule, in the order given: what it averages, holds, costs and asks, and where it "
            "is from.",
        },
    },
)
