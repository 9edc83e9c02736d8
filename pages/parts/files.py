"""Files that every page with Plotly's pictures offers."""

from __future__ import annotations

from collections.abc import Callable

from widgets import drawn


def numbers_file() -> tuple[str, str, str, Callable[[], str]]:
    """The numbers behind the pictures of this run of the page, for ``take_away_menu``; made when they are asked for."""
    pictures = drawn()

    def csv() -> str:
        from exports import pictures_csv

        return pictures_csv(pictures)

    return "Numbers of the pictures, CSV", "csv", "text/csv", csv
