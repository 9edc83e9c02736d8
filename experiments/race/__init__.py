"""A race: who runs where under which conditions, as a link and back, and what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.race.fair import RACE_STARTS as RACE_STARTS
    from experiments.race.fair import SOLVED as SOLVED
    from experiments.race.fair import TUNING_STARTS as TUNING_STARTS
    from experiments.race.fair import FairRace as FairRace
    from experiments.race.fair import FairResult as FairResult
    from experiments.race.fair import Tuned as Tuned
    from experiments.race.fair import affordable_fair_race as affordable_fair_race
    from experiments.race.fair import fair_result as fair_result
    from experiments.race.fair import known_fair_result as known_fair_result
    from experiments.race.fair import run_fair_race as run_fair_race
    from experiments.race.fair_state import SEARCHES as SEARCHES
    from experiments.race.fair_state import FairCodec as FairCodec
    from experiments.race.fair_state import fair_of as fair_of
    from experiments.race.fair_state import race_of as race_of
    from experiments.race.finished import Finished as Finished
    from experiments.race.finished import finished_race as finished_race
    from experiments.race.labels import short_labels as short_labels
    from experiments.race.line_ends import AxisEnd as AxisEnd
    from experiments.race.line_ends import axis_ends as axis_ends
    from experiments.race.line_presets import LINE_PRESETS as LINE_PRESETS
    from experiments.race.line_presets import line_codec as line_codec
    from experiments.race.link import COORDINATE as COORDINATE
    from experiments.race.link import MAX_ENTRIES as MAX_ENTRIES
    from experiments.race.link import NOISE as NOISE
    from experiments.race.link import SEED as SEED
    from experiments.race.link import STEPS as STEPS
    from experiments.race.link import WARMUP as WARMUP
    from experiments.race.link import race_from_query as race_from_query
    from experiments.race.link import race_link as race_link
    from experiments.race.link import race_to_query as race_to_query
    from experiments.race.movable import InHand as InHand
    from experiments.race.movable import in_hand as in_hand
    from experiments.race.page_state import SCHEDULE_KEYS as SCHEDULE_KEYS
    from experiments.race.page_state import RaceCodec as RaceCodec
    from experiments.race.page_state import ShownRace as ShownRace
    from experiments.race.page_state import with_one_more as with_one_more
    from experiments.race.page_state import with_start as with_start
    from experiments.race.page_state import with_view as with_view
    from experiments.race.page_state import without as without
    from experiments.race.presets import PRESETS as PRESETS
    from experiments.race.presets import Preset as Preset
    from experiments.race.presets import preset_of as preset_of
    from experiments.race.race import make_entry as make_entry
    from experiments.race.race import run_race as run_race
    from experiments.race.reports import LaneReport as LaneReport
    from experiments.race.reports import report as report
    from experiments.race.tuning import retuned as retuned
    from experiments.race.tuning import tuned_entry as tuned_entry
    from experiments.race.types import Entry as Entry
    from experiments.race.types import Lane as Lane
    from experiments.race.types import Race as Race
    from experiments.race.types import RaceResult as RaceResult
    from experiments.race.types import check_step as check_step
    from experiments.race.view import checked_view as checked_view
    from experiments.race.view import view_from_query as view_from_query
    from experiments.race.view import view_to_query as view_to_query

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "fair": {
            "RACE_STARTS": "Starts that all race from.",
            "SOLVED": "The share of the way down that may be left where a start counts as solved.",
            "TUNING_STARTS": "Starts that settings are tried from.",
            "FairRace": "What is asked.",
            "FairResult": "The rules in the order asked.",
            "Tuned": "One rule: what was chosen and what became of it.",
            "affordable_fair_race": "The race itself, or one of fewer trials where a server that others share does not "
            "take more for one link.",
            "fair_result": "The result of the race that has this link, run once for everybody.",
            "known_fair_result": "The result of the race that has this link, where it is at hand.",
            "run_fair_race": "Search for every rule, then race.",
        },
        "fair_state": {
            "SEARCHES": "Who proposes the next hyperparameters, by key.",
            "FairCodec": "A fair race as a link and back, and its settings by name; ``rules`` is a tuple of keys.",
            "fair_of": "The fair race of the rules of a race, on its surface and budget.",
            "race_of": "The race, on the descent page, of rules with these values by rule.",
        },
        "link": {
            "COORDINATE": "One coordinate of the point where every path begins.",
            "MAX_ENTRIES": "The most optimizers of one race.",
            "NOISE": "Standard deviation of the Gaussian noise on every gradient, as small minibatches make.",
            "SEED": "Fixes the noise, so that the same link shows the same paths.",
            "STEPS": "How many steps every optimizer may take.",
            "WARMUP": "Steps over which the rate grows linearly before its schedule begins.",
            "race_link": "The link of a race, written once however often it is asked for.",
            "race_from_query": "A valid race, whatever the parameters say, and one sentence for each that could "
            "not be used.",
            "race_to_query": "The parameters of a link that opens this race.",
        },
        "movable": {
            "InHand": "A real number of a race: its name in the link, its declaration, its value, and the place of "
            "its lane.",
            "in_hand": "The rates of the lanes that have one, then the parameters of the surface that are real "
            "numbers.",
        },
        "labels": {
            "short_labels": "What tells the lanes apart where there is little room.",
        },
        "line_ends": {
            "AxisEnd": "The ends of paths that come to no turning point.",
            "axis_ends": "Where the paths from all along the axis end, lane by lane.",
        },
        "line_presets": {
            "LINE_PRESETS": "The presets of races in one dimension, by key.",
            "line_codec": "Races in one dimension as links and back; a bare address opens the first preset.",
        },
        "presets": {
            "PRESETS": "The presets by key.",
            "Preset": "A race with a title, what to look for and the player's view it opens with.",
            "preset_of": "The key of the preset that shows exactly this race, or None.",
        },
        "race": {
            "make_entry": "An entry that holds only what differs from the defaults, so that equal settings "
            "are equal entries.",
            "run_race": "Run every entry.",
        },
        "reports": {
            "LaneReport": "A lane, the facts computed from its path, and the sentence that tells them.",
            "report": "A report for each lane, in the order of the race.",
        },
        "tuning": {
            "retuned": "The same entry with its rate tuned to another surface; everything else stays.",
            "tuned_entry": "An optimizer at its defaults but for the rate, which is tuned to the surface.",
        },
        "types": {
            "Entry": "One optimizer of a race.",
            "Lane": "One runner of a finished race.",
            "Race": "Everything that determines the picture.",
            "RaceResult": "A finished race: a lane for each entry.",
            "check_step": "``step``, or the last one for None.",
        },
        "view": {
            "checked_view": "What of a view is known and valid.",
            "view_from_query": "The view of a link, and one sentence for each part that could not be used.",
            "view_to_query": "The parameters of a link that opens this view.",
        },
        "page_state": {
            "RaceCodec": "A shown race as a link and back, and its settings by name.",
            "SCHEDULE_KEYS": "The schedules that a lane may choose.",
            "ShownRace": "A race, and what of the player's view differs from its defaults.",
            "with_one_more": "The race with one more optimizer.",
            "with_start": "Begin every path elsewhere.",
            "with_view": "How the player shows the race now.",
            "without": "The race without one of its optimizers.",
        },
        "finished": {
            "Finished": "A race with its result, and its reports once they are asked for.",
            "finished_race": "The race, run once for everybody.",
        },
    },
)
