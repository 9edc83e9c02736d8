"""What pages share and needs Streamlit: session, address, linked state, controls, components, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from widgets.address import is_back_or_forward as is_back_or_forward
    from widgets.address import put_address as put_address
    from widgets.address import visit_number as visit_number
    from widgets.ahead import files_ahead as files_ahead
    from widgets.browser import OWN_COOKIE as OWN_COOKIE
    from widgets.browser import asker as asker
    from widgets.browser import commander as commander
    from widgets.browser import is_own_cookie as is_own_cookie
    from widgets.browser import network as network
    from widgets.browser import new_cookie as new_cookie
    from widgets.browser import sign_in as sign_in
    from widgets.browser import teachers_word as teachers_word
    from widgets.browser import visitor as visitor
    from widgets.classroom import ask_to_join as ask_to_join
    from widgets.classroom import join_room as join_room
    from widgets.classroom import pass_room as pass_room
    from widgets.components import convexity as convexity
    from widgets.components import graph_walk as graph_walk
    from widgets.components import live_curves as live_curves
    from widgets.components import losses as losses
    from widgets.components import maps as maps
    from widgets.components import player as player
    from widgets.components import runs_table as runs_table
    from widgets.controls import held as held
    from widgets.controls import parameter_control as parameter_control
    from widgets.lesson import answered_steps as answered_steps
    from widgets.lesson import asked as asked
    from widgets.lesson import lesson_called as lesson_called
    from widgets.lesson import open_now as open_now
    from widgets.lesson import place_left as place_left
    from widgets.linked import LinkedState as LinkedState
    from widgets.linked import is_setting as is_setting
    from widgets.notices import attempt as attempt
    from widgets.notices import is_theirs as is_theirs
    from widgets.notices import once as once
    from widgets.notices import put_news as put_news
    from widgets.notices import stop_work as stop_work
    from widgets.notices import store_told as store_told
    from widgets.notices import tell_news as tell_news
    from widgets.own_lesson import forget as forget
    from widgets.own_lesson import keep as keep
    from widgets.progress import progress_bar as progress_bar
    from widgets.questions import choices_of as choices_of
    from widgets.questions import is_askable as is_askable
    from widgets.questions import race_of_step as race_of_step
    from widgets.questions import told_of as told_of
    from widgets.rules_of_style import head_style as head_style
    from widgets.session import behind_app as behind_app
    from widgets.session import go_to as go_to
    from widgets.session import page_at as page_at
    from widgets.session import pressed as pressed
    from widgets.session import rerun_if_asked as rerun_if_asked
    from widgets.session import run_again as run_again
    from widgets.session import run_page as run_page
    from widgets.session import whole_page as whole_page
    from widgets.staging import staged as staged
    from widgets.style import card_style as card_style
    from widgets.style import chip as chip
    from widgets.style import colored_sentences as colored_sentences
    from widgets.style import dark_theme as dark_theme
    from widgets.style import drawn as drawn
    from widgets.style import look_buttons as look_buttons
    from widgets.style import page_head as page_head
    from widgets.style import page_style as page_style
    from widgets.style import picture as picture
    from widgets.style import plain_table as plain_table
    from widgets.style import take_away_menu as take_away_menu
    from widgets.turns import in_turn as in_turn
    from widgets.turns import picture_drawn as picture_drawn

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "address": {
            "is_back_or_forward": "Whether the browser's own buttons have caused this run.",
            "put_address": "Make a link the page's parameters of the address.",
            "visit_number": "How often this session has gone to a page.",
        },
        "ahead": {
            "files_ahead": "What the page at this path shows first.",
        },
        "browser": {
            "is_own_cookie": "Whether a cookie may be one of ours.",
            "new_cookie": "A word for a new browser.",
            "network": "Where it asks from, whatever becomes of cookies; empty where it is not known.",
            "OWN_COOKIE": "The name of the cookie that tells browsers apart.",
            "asker": "Who asks for work, and a word for where from.",
            "commander": "Who gives orders to runs: the visitor, or the teacher.",
            "sign_in": "Where the server has a sign-in: the way in, or out again.",
            "teachers_word": "Where the server has a teacher: a place for his word.",
            "visitor": "Who asks: the same for all pages and tabs of a browser.",
        },
        "classroom": {
            "ask_to_join": "From a callback: the room that the page names is joined, however one has come there.",
            "join_room": "Let this tab follow a room, once in this visit of a page.",
            "pass_room": "Whether this visit only comes past a room: the browser's own buttons led here.",
        },
        "components": {
            "convexity": "A chord, growing weights or the shapes of penalties; ``payload`` is from "
            "``figures.convexity``.",
            "graph_walk": "Walk through a computational graph; ``payload`` is from ``graph_payload``.",
            "live_curves": "Curves of runs that may still be training; ``payload`` is from ``live_payload`` "
            "and its like in figures/live*.py.",
            "losses": "A point or a histogram that is dragged; ``payload`` is from ``figures.losses``.",
            "maps": "Compute and draw a map; ``payload`` is from ``maps_payload``.",
            "player": "Play a race; ``payload`` is from ``player_payload``, ``height`` is in CSS pixels "
            "(narrow screens take their own).",
            "runs_table": "Show ``rows`` (see ``figures.runs.rows``); what is marked comes back as ids, all "
            "pages together.",
        },
        "controls": {
            "held": "What a control holds, for its callback; None where the control has gone.",
            "parameter_control": "The control that suits a hyperparameter, holding ``st.session_state[key]``; "
            "returns its value.",
        },
        "lesson": {
            "answered_steps": "The steps of a lesson whose questions were answered in this session.",
            "asked": "The lesson that the address of the page of lessons names; empty for none.",
            "lesson_called": "A lesson of the lab, or one that is stored; None where there is none of this name.",
            "open_now": "Go to a step of a lesson at once.",
            "place_left": "The lesson and step that were shown last; None for none.",
        },
        "linked": {
            "is_setting": "Whether a state has a setting of this name.",
            "LinkedState": "What a page shows, its link and its controls, as one state.",
        },
        "notices": {
            "is_theirs": "Whether others alone have asked for a job, so that orders of this visitor are refused.",
            "attempt": "Do it; a refusal is told by ``tell_news``.",
            "once": "What is begun by a press; not once more by a second one, before its hand can have seen the first.",
            "put_news": "Let ``tell_news`` say that something is done.",
            "stop_work": "End a job; where others wait for it, it goes on for them.",
            "store_told": "A wrong database, a folder that cannot be written or a full disk becomes a sentence.",
            "tell_news": "What was refused or done, once.",
        },
        "own_lesson": {
            "forget": "Delete a lesson of the visitor's.",
            "keep": "Store a lesson of the visitor's, in the place of another one or as one more.",
        },
        "progress": {
            "progress_bar": "A bar for work that takes longer than a moment; the work ends when the page is left.",
        },
        "questions": {
            "choices_of": "What there is to choose from in a step's question, as text.",
            "is_askable": "Whether the page of a step can show what its question asks for.",
            "race_of_step": "The race that a step shows; None where it shows another page.",
            "told_of": "An answer to a step's question beside what happened; None was no answer.",
        },
        "rules_of_style": {
            "head_style": "The rules of style that the head of a page begins with.",
        },
        "session": {
            "behind_app": "The first line of every page.",
            "page_at": "A page as ``st.Page`` makes it, whose file is looked for once.",
            "pressed": "A button; whether it was pressed, also where the run for it has ended before it.",
            "rerun_if_asked": "Run the whole page where a callback has asked for it, from within a fragment.",
            "go_to": "Leave the page, in a run, for another one with these parameters.",
            "run_again": "Run the page again, from within it.",
            "run_page": "Run it, one of ``pages``; see ``store_told`` and ``keep_address``.",
            "whole_page": "Run the whole page after a callback inside a fragment; see ``rerun_if_asked``.",
        },
        "staging": {
            "staged": "A control of a page's own, drawn as the link says of its name.",
        },
        "style": {
            "card_style": "Make every container with a key ``card-...`` a card whose whole face is its link.",
            "chip": "Inline markup of a small square in a colour of the theme (never of user text), for ``st.html``.",
            "colored_sentences": "(color of the theme, sentence) as a list, each behind its color.",
            "dark_theme": "Whether the viewer sees the dark theme; light until the browser has said so.",
            "drawn": "The pictures of this run by key, as far as they are drawn.",
            "look_buttons": "How every page is shown: for a presentation or not, in the dark or light theme.",
            "page_head": "The first line of a page: its title, and at the other end what is drawn inside.",
            "page_style": "Less air around the page, so that the picture is large and what happened is above the fold.",
            "picture": "A Plotly figure in its own theme, without Plotly's buttons.",
            "plain_table": "A small table as the page's own text.",
            "take_away_menu": "A link and files to download.",
        },
        "turns": {
            "in_turn": "Around a run of the app: one that follows a class waits for its turn.",
            "picture_drawn": "On a page that has drawn its picture: let those who wait for theirs go first.",
        },
    },
)
