"""Where a page is asked from, whatever becomes of cookies."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from widgets.browser import OWN_COOKIE, asker, network, visitor, visitor_of_cookie


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, ""),
        ("", ""),
        ("somewhere", ""),
    ],
)
def test_an_address_is_that_of_a_household(monkeypatch: pytest.MonkeyPatch, address: str | None, expected: str) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(ip_address=address))
    assert network() == expected


def test_who_asks_for_work_tells_apart_networks_and_gives_no_address_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(address: str, cookie: str) -> str:
        monkeypatch.setattr(st, "session_state", {})
        context = SimpleNamespace(ip_address=address, cookies={"_streamlit_xsrf": f"2|00|{cookie}|1700000000"})
        monkeypatch.setattr(st, "context", context)
        who, _, where = asker().partition("@")
        assert who == visitor()
        return where

    home, again, elsewhere = asked("192.0.2.7", "aa"), asked("192.0.2.7", "bb"), asked("192.0.2.8", "aa")
    assert home == again != elsewhere
    assert len(home) == 12
    assert asked("", "aa") == ""


def test_who_is_signed_in_is_the_same_in_every_browser(monkeypatch):
    class User:
        def __init__(self, told):
            self.told = told

        def to_dict(self):
            return self.told

    def seen(told, cookie):
        monkeypatch.setattr(st, "user", User(told))
        monkeypatch.setattr(st, "session_state", {})
        monkeypatch.setattr(st, "context", SimpleNamespace(cookies={OWN_COOKIE: cookie}))
        return visitor()

    anna = {"is_logged_in": True, "iss": "https://id.example", "sub": "1", "email": "anna@example.org"}
    here, there = "a" * 43, "b" * 43
    assert seen(anna, here) == seen(anna, there)
    assert seen({**anna, "sub": "2"}, here) != seen(anna, here)
    assert seen({**anna, "iss": "https://other.example"}, here) != seen(anna, here)
    assert seen({}, here) == seen({"is_logged_in": False}, here) == visitor_of_cookie(here)
    assert seen({}, here) != seen({}, there)
    assert "anna" not in seen(anna, here)
