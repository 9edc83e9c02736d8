"""Runs in words and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.runs.remedies import remedy_help as remedy_help
    from figures.runs.rows import COLUMNS as COLUMNS
    from figures.runs.rows import DATA as DATA
    from figures.runs.rows import order_of as order_of
    from figures.runs.rows import table_rows as table_rows
    from figures.runs.side_by_side import difference_lines as difference_lines
    from figures.runs.side_by_side import number_lines as number_lines
    from figures.runs.side_by_side import same_settings as same_settings
    from figures.runs.side_by_side import side_by_side_html as side_by_side_html
    from figures.runs.status import WORDS as WORDS
    from figures.runs.status import can_pause as can_pause
    from figures.runs.status import can_resume as can_resume
    from figures.runs.status import can_stop as can_stop
    from figures.runs.status import place_words as place_words
    from figures.runs.status import progress_parts as progress_parts
    from figures.runs.status import share_done as share_done
    from figures.runs.status import title_of as title_of
    from figures.runs.status import together_text as together_text
    from figures.runs.text import ago as ago
    from figures.runs.text import literal as literal
    from figures.runs.text import name_and_role as name_and_role
    from figures.runs.text import since_words as since_words

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "rows": {
            "COLUMNS": "The columns of the list of runs.",
            "DATA": "What the column of data sets shows where there is none.",
            "order_of": "The order of a list by a column of ``COLUMNS``; a minus before it puts the largest first.",
            "table_rows": "Rows in the order given.",
        },
        "side_by_side": {
            "difference_lines": "Settings in which the runs differ, in words, in the order of the configuration.",
            "number_lines": "Status, verdict and numbers; the best of a number is marked where runs are of one "
            "task and not all equal.",
            "same_settings": "Whether all of them have a configuration, and the very same.",
            "side_by_side_html": "The lines as one table of HTML; names of runs are escaped.",
        },
        "status": {
            "WORDS": "Each status of a run in a word.",
            "can_pause": "Whether a run can be paused now.",
            "can_resume": "Paused, or ended with epochs of its budget left.",
            "can_stop": "Whether a run can be stopped now.",
            "place_words": "Where something stands in the queue.",
            "progress_parts": "Short pieces for one line.",
            "share_done": "How much of the budget is spent, from 0 to 1.",
            "title_of": "The run's own name, or its role among the runs it is shown with.",
            "together_text": "How many of several runs have ended.",
        },
        "remedies": {
            "remedy_help": "What a press on a remedy does.",
        },
        "text": {
            "ago": "How long ago, in the largest unit that fits.",
            "literal": "Markdown that shows ``text`` as it is, for labels.",
            "name_and_role": "A run among others by its name and role.",
            "since_words": "Since when and how sure.",
        },
    },
)
