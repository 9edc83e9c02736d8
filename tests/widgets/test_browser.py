"""Where a page is asked from, whatever becomes of cookies."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from widgets.browser import network


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
