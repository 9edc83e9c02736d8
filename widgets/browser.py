"""Who asks: the same for all pages and tabs of a browser, and nothing that leads back to anybody."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import time

import streamlit as st

from trainers.lab import TEACHER, is_teachers, teacher_is_known

_COOKIE = "_streamlit_xsrf"  # Streamlit's own, against forged requests
OWN_COOKIE = "descent_lab_visitor"  # ours, for a year; see server.py
_TEACHER, _TRIED = "teacher.is", "teacher.tried"
TRIES, WRONG_SECONDS = 5, 600.0  # wrong words of a session, and of a network within so many seconds
_MOST_NETWORKS = 10_000
_WRONG: dict[str, list[float]] = {}  # of this server: a guess on each of several is no better than on one
_SECRET = secrets.token_bytes(16)  # no address can be sought in a list of words


def is_own_cookie(word: str) -> bool:
    """Whether it may be one that ``new_cookie`` has made: none that could be guessed."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", word) is not None


def new_cookie() -> str:
    """Forty-three letters and digits that nobody can guess."""
    return secrets.token_urlsafe(32)


def visitor_of_cookie(word: str) -> str:
    """Who asks with this cookie; it does not lead back to it."""
    return hashlib.sha256(word.encode()).hexdigest()[:16]


def signed_in() -> str:
    """Issuer and subject of the user whom Streamlit's sign-in knows; empty where nobody is signed in."""
    told = st.user.to_dict()
    who = str(told.get("sub") or told.get("email") or "")
    return f"{told.get('iss') or ''} {who}" if told.get("is_logged_in") and who else ""


def sign_in() -> None:
    """Where the server has a sign-in (``[auth]`` in Streamlit's secrets): the way in, or out again."""
    if not (st.secrets.load_if_toml_exists() and "auth" in st.secrets):
        return
    if signed_in():
        st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign.out", on_click=st.logout)
    else:
        st.button("Sign in", icon=":material/login:", type="tertiary", key="sign.in", on_click=st.login)


def visitor() -> str:
    """Sixteen letters and digits: of who is signed in, else of the browser (its cookie), else of this session."""
    if "visitor" not in st.session_state:
        kept = str(st.context.cookies.get(OWN_COOKIE, ""))
        own = _unmasked(str(st.context.cookies.get(_COOKIE, ""))) or secrets.token_bytes(16)
        other = hashlib.sha256(own).hexdigest()[:16]
        of_browser = visitor_of_cookie(kept) if is_own_cookie(kept) else other
        st.session_state["visitor"] = visitor_of_cookie(user) if (user := signed_in()) else of_browser
    return st.session_state["visitor"]


def network() -> str:
    """Where it asks from, whatever becomes of cookies: the address, of IPv6 the network that one household has.

    Empty where it is not known, and on this machine itself.
    """
    try:
        address = ipaddress.ip_address(str(st.context.ip_address).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def asker() -> str:
    """Who asks for work, as ``visitor``, and after an @ a word for ``network``, the same in this process only.

    Of the teacher, once he has said his word in this session, that word is ``TEACHER``: no bound on visitors holds him.
    """
    if st.session_state.get(_TEACHER):
        return f"{visitor()}@{TEACHER}"
    where = network()
    word = hashlib.blake2s(where.encode(), key=_SECRET, digest_size=6).hexdigest()
    return f"{visitor()}@{word}" if where else visitor()


def commander() -> str:
    """Who gives orders to runs: the visitor, or the teacher where he has said his word in this session."""
    return TEACHER if st.session_state.get(_TEACHER) else asker()


def teachers_word() -> None:
    """Where the server has a teacher: a place for his word, and what it has opened."""
    if not teacher_is_known():
        return
    if st.session_state.get(_TEACHER):
        st.button("Teacher: leave", icon=":material/school:", type="tertiary", key="teacher.leave", on_click=_leave)
        return
    with st.popover("Teacher", icon=":material/school:", key="teacher"):
        tried = st.session_state.get(_TRIED, 0)
        st.text_input(
            "Word", type="password", max_chars=200, key="teacher.word", on_change=_say, disabled=tried >= TRIES
        )
        if tried >= TRIES:
            st.error("Too many wrong words; open the page anew.", icon=":material/error:")
        elif tried:
            st.error("That is not the word.", icon=":material/error:")
        else:
            st.caption("Whoever runs this server has set it. With it every run can be changed, pinned and cleared.")


def _say() -> None:
    where, now = network(), time.monotonic()
    recent = [moment for moment in _WRONG.get(where, []) if now - moment < WRONG_SECONDS]
    if len(recent) < TRIES and is_teachers(str(st.session_state.get("teacher.word", ""))):
        st.session_state[_TEACHER] = True
        st.session_state.pop(_TRIED, None)
        return
    if len(_WRONG) > _MOST_NETWORKS:
        _WRONG.clear()
    _WRONG[where] = [*recent, now][-TRIES:]
    st.session_state[_TRIED] = st.session_state.get(_TRIED, 0) + 1


def _leave() -> None:
    st.session_state.pop(_TEACHER, None)


def _unmasked(cookie: str) -> bytes:
    """What stays the same in a cookie that is masked anew with every page; empty where this is none.

    It is ``2|mask|token|moment``, mask and token in hexadecimal digits, as Tornado has it.
    """
    parts = cookie.split("|")
    try:
        mask, token = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return b""
    return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(token)) if mask else b""
