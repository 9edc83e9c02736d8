"""What the lab gives stays as it is recorded: presets, links, exports. How to record anew stands in ``corpus.py``."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.contracts import corpus
from tests.contracts import corpus_values as values

_PAGES = tuple(corpus.PAGES)
_AGAIN = "if this is meant: python -m tests.contracts.corpus write"
recorded = cache(corpus.recorded)


@cache
def _makers(page: str) -> dict[str, Any]:
    return dict(corpus.PAGES[page]())


def _entries() -> list[tuple[str, str]]:
    return [(page, name) for page in _PAGES for name in recorded(page)["entries"]]


def _told(found: list[str]) -> str:
    more = [f"and {len(found) - 8} more differences"] if len(found) > 8 else []
    return "\n".join([*found[:8], *more, _AGAIN])


@pytest.mark.parametrize(("page", "name"), _entries(), ids=[name for _, name in _entries()])
def test_presets_and_exports_are_as_recorded(page: str, name: str) -> None:
    assert name in _makers(page), f"{name}: it is gone; {_AGAIN}"
    found = corpus.differing(name, recorded(page)["entries"][name], values.kept(_makers(page)[name]()))
    assert not found, _told(found)


@pytest.mark.parametrize("kind", ["drawn", "junk"])
@pytest.mark.parametrize("page", _PAGES)
def test_links_are_read_as_recorded(page: str, kind: str) -> None:
    links = recorded(page)[kind]
    found = [
        f"{line}\nof the link {each['given']!r:.600}"
        for i, (each, now) in enumerate(
            zip(links, corpus.kept_states(page, [each["given"] for each in links]), strict=True)
        )
        for line in corpus.differing(f"{page} {kind} link {i}", each["state"], now)
    ]
    assert not found, _told(found)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert sum(len(recorded(page)["drawn"]) for page in _PAGES) >= 200
    assert sum(len(recorded(page)["junk"]) for page in _PAGES) >= 50
    for each in (link for page in _PAGES for link in recorded(page)["drawn"]):
        assert not each["state"]["problems"], f"a drawn link is valid, but: {each}"


def test_a_changed_number_word_or_line_is_told_with_its_place() -> None:
    was = {"a": {"series": 3, "scale": 2.0, "at": [1.0, 2.0]}, "b": ["x = 1", "y = 2"], "c": values.BLANK}
    assert not list(values.differences(was, was | {"c": 7}, 1e-6))
    nudged = {"series": 3, "scale": 2.0, "at": [1.0 + 1e-8, 2.0]}
    assert not list(values.differences(was, was | {"a": nudged}, 1e-6))
    moved = {"series": 3, "scale": 2.0, "at": [1.0, 2.01]}
    assert list(values.differences(was, was | {"a": moved}, 1e-6)) == ["a.at[1]: it was 2.0 and is 2.01"]
    assert list(values.differences(was, was | {"b": ["x = 1", "y = 3"]}, 1e-6)) == [
        "b[1]: it was 'y = 2' and is 'y = 3'"
    ]
    assert list(values.differences({"a": 1}, {"b": 1}, 1e-6)) == ["it: lost ['a'], new ['b']"]
    assert list(values.differences([1], ["1"], 1e-6)) == ["[0]: it was 1 and is '1'"]


def test_a_picture_that_looks_otherwise_is_told() -> None:
    plain, spot = bytes(768), bytearray(768)
    spot[100] = 60
    same = {"pixels": plain.hex()}
    assert not list(values.differences(same, same, 1e-6))
    assert "off by 60" in next(values.differences(same, {"pixels": spot.hex()}, 1e-6))


def test_what_hangs_on_last_bits_is_left_blank() -> None:
    calm, wild = values.series([1.0, 2.0]), values.series([1.0, 2.5])
    assert values.steady(calm, [wild], 1e-6)["at"] == [1.0, values.BLANK]
    assert values.steady("a", ["a", "b"], 1e-6) == values.BLANK
