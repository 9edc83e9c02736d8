"""What a search for a rate has found, in sentences."""

from __future__ import annotations

from numerals import readable
from trainers.rates import RateSearch, Suggestion, held_rate


def range_sentence(found: Suggestion) -> str:
    """What the range test suggests and why."""
    if found.rate is None:
        return found.reason
    lowest = "" if found.lowest is None else f" It is lowest at {readable(found.lowest)}"
    breaks = "." if found.breaks is None else f" and breaks from {readable(found.breaks)} on."
    if found.breaks is None:
        breaks = " and does not break within the range."
    return f"**{readable(found.rate)}**. {found.reason}{lowest}{breaks}"


def halving_sentence(search: RateSearch, *, ended: bool = True) -> str:
    """What halving has come to. ended: whether no further rate is tried."""
    rate, tried = held_rate(search.trials), len(search.trials)
    if not tried:
        return ""
    tries = "the first try" if tried == 1 else f"{tried} tries"
    if rate is None and not ended:
        return f"None has held so far, down to {readable(search.trials[-1].rate)}."
    if rate is None:
        return f"No rate down to {readable(search.trials[-1].rate)} held in {tries}: look at the set-up."
    return f"**{readable(rate)}**. It held after {tries}, on {search.rows:,} rows: the largest of them that did."
