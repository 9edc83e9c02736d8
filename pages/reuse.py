"""What can be reused: transfer from one task to another, and two tasks on shared layers."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.reuse import PARTS, PRESETS
from pages.parts.files import numbers_file
from pages.parts.reuse.script import study_script
from pages.parts.reuse.state import linked
from pages.parts.reuse.tasks import tasks_controls, tasks_part
from pages.parts.reuse.transfer import transfer_controls, transfer_part
from pages.parts.reuse.work import work_part
from settings import preset_of
from trainers.lab import the_lab
from widgets import behind_app, page_head, page_style, take_away_menu

# Controls and picture of each part, and what to look for where no preset says it.
VIEWS = {
    "transfer": (
        transfer_controls,
        transfer_part,
        "Does learning another task first help? From scratch, with frozen features and fine-tuned, by rows.",
    ),
    "tasks": (
        tasks_controls,
        tasks_part,
        "Two heads on shared layers, or a network for each task: who gains, and who pays?",
    ),
}

behind_app()
the_lab().warm()
values = linked.open()
controls, part, look_for = VIEWS[values["part"]]
plain = {name: value for name, value in linked.link.items() if name != "shown"}
preset = preset_of(plain, PRESETS)


def take_away() -> None:
    """The page as a link, the numbers behind its pictures, the study as a script."""
    files = [numbers_file(), ("Python script", "py", "text/x-python", lambda: study_script(values))]
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "page", "reuse", files, pictures=True)


page_style()
with page_head("Reuse"):
    linked.one_of("part", values["part"], "Part", PARTS)
    take_away()
linked.tell_problems()
st.caption(PRESETS[preset].look_for if preset else look_for)
work_part(part, begins=preset is not None)
with st.sidebar:  # after the picture, which is what people wait for
    linked.link_presets(PRESETS)
    controls(values)
