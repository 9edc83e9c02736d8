"""Codes that are read from a screen and typed on a phone, and the word by which a lecturer is known."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

LETTERS = "BCDFGHJKMPQRTVWXYZ"  # none that looks like another or a digit, no vowel: a code is never a word
LENGTH = 5


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def new_key() -> str:
    """The lecturer's word: nobody guesses it."""
    return secrets.token_urlsafe(24)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def is_key(key: str, known: str) -> bool:
    """Whether a word is the one of this digest."""
    return hmac.compare_digest(digest(key), known)


def code_of(typed: object) -> str:
    """The code that was typed, whatever its case and spaces; empty where it can be none."""
    text = typed[:40] if isinstance(typed, str) else ""
    text = re.sub(r"[\s._-]", "", text).upper()
    return text if re.fullmatch(f"[{LETTERS}]{{{LENGTH}}}", text) else ""
