"""Join a class: the code from the lecturer's screen, typed or in the link, and the tab follows the lecture."""

from __future__ import annotations

import streamlit as st

from figures.runs import literal
from trainers.classroom import NoRoom, Rooms, code_of
from trainers.lab import the_lab
from widgets import behind_app, join_room, own_query, page_head, page_style, put_address, run_again, visit_number

MOST = 20  # letters that a code is typed with

behind_app()
page_style()
with page_head("Join a class"):
    pass
st.markdown(
    "Type the code from the lecturer's screen. You see what the lecturer shows, page by page, and may try it yourself "
    "at any time and come back."
)
given = own_query().get("room", "")[:MOST]
with st.container(width=360):
    typed = st.text_input("Code of the room", value=given, max_chars=MOST, key=f"join.code {visit_number()}")
    st.button("Join", type="primary", key="join.join")
put_address({"room": typed} if typed else {})
code = code_of(typed)
if typed and not code:
    st.error(
        f"{literal(typed)} is no code of a room: it has five letters, as on the lecturer's screen.",
        icon=":material/error:",
    )
elif code and not Rooms(the_lab().store).is_open(code):
    st.error(str(NoRoom(code)), icon=":material/error:")
elif code:
    if join_room(code, visit_number()):
        run_again()
    st.success(
        f"You are in room {code}. What the lecturer shows comes by itself.", icon=":material/cast_for_education:"
    )
st.caption("Nothing of you is stored but an anonymous number, which goes with the room.")
