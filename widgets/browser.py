"""Who asks: the same for all pages and tabs of a browser, and nothing that leads back to anybody."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

import streamlit as st

_COOKIE = "_streamlit_xsrf"  # Streamlit's own, against forged requests
_SECRET = secrets.token_bytes(16)  # no address can be sought in a list of words


def visitor() -> str:
    """Sixteen letters and digits, of the browser where it keeps cookies, else of this session."""
    if "visitor" not in st.session_state:
        own = _unmasked(str(st.context.cookies.get(_COOKIE, ""))) or secrets.token_bytes(16)
        st.session_state["visitor"] = hashlib.sha256(own).hexdigest()[:16]
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
    """Who asks for work, as ``visitor``, and after an @ a word for ``network``, the same in this process only."""
    where = network()
    word = hashlib.blake2s(where.encode(), key=_SECRET, digest_size=6).hexdigest()
    return f"{visitor()}@{word}" if where else visitor()


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
