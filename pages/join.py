"""Join a class: the code from the lecturer's screen, typed or in the link, and the tab follows the lecture."""

from __future__ import annotations

import streamlit as st

from figures.runs import literal
from settings import SettingsCodec, Text
from trainers.classroom import LETTERS, NoRoom, Rooms, code_of
from trainers.lab import the_lab
from widgets import (
    LinkedState,
    ask_to_join,
    behind_app,
    is_back_or_forward,
    join_room,
    page_head,
    page_style,
    pass_room,
    run_again,
    visit_number,
)

ROOM = Text(name="code of the room", meaning="Five letters, as on the lecturer's screen.", max_length=20)
linked = LinkedState("join", SettingsCodec(lambda _values: [("room", ROOM)]))


def _join() -> None:
    linked.acted()
    ask_to_join()


behind_app()
typed = linked.open()["room"].strip()
page_style(controls=False)
with page_head("Join a class"):
    pass
linked.tell_problems()
st.markdown(
    "Type the code from the lecturer's screen. You see what the lecturer shows, page by page, and may try it yourself "
    "at any time and come back."
)
with st.container(width=360):
    linked.control("room", label="Code of the room", keeps=True)
    st.button("Join", type="primary", key="join.join", on_click=_join)
linked.tell_refusal("room")
code = code_of(typed)
if typed and not code:
    st.error(
        f"{literal(typed)} is no code of a room: it has five letters of {LETTERS}, as on the lecturer's screen.",
        icon=":material/error:",
    )
elif code and not Rooms(the_lab().store).is_open(code):
    st.error(str(NoRoom(code)), icon=":material/error:")
elif code and pass_room(code, visit_number(), back=is_back_or_forward()):
    st.info(f"Room {code} is open: **Join** takes you to what the lecturer shows.", icon=":material/group:")
elif code:
    if join_room(code, visit_number()):
        run_again()
    st.success(f"You are in room {code}: what the lecturer shows comes by itself.", icon=":material/check:")
st.caption("Nothing of you is stored but an anonymous number, which goes with the room.")
