"""Files that every page with Plotly's pictures offers."""

from __future__ import annotations

from collections.abc import Callable, Collection

from widgets import drawn


def numbers_file(without: Collection[str] = ()) -> tuple[str, str, str, Callable[[], str]]:
    """The numbers behind the pictures of this run of the page, for ``take_away_menu``; made when they are asked for.

    without: keys of pictures whose numbers are places on a scale, of which a file of their own has the values.
    """
    pictures = drawn()

    def csv() -> str:
        from exports import pictures_csv

        return pictures_csv({key: figure for key, figure in pictures.items() if key not in without})

    return "Numbers of the pictures, CSV", "csv", "text/csv", csv
