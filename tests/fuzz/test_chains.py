"""Whole chains hold for every input that ever broke them, and for some new ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import trainers.lab.lab
from tests.fuzz import curves, links, tables
from tests.fuzz.campaign import kept
from tests.trainers.labs import quiet_lab


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where uploads are kept, and runs, which nobody trains."""
    home = tmp_path_factory.mktemp("chains")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_LAB_DATA", str(home))
        own = quiet_lab(home)
        patch.setattr(trainers.lab.lab, "_made", own)
        yield home
        own.store.close()


@pytest.mark.parametrize("item", kept("links"), ids=lambda item: json.dumps(item)[:80])
def test_links_that_once_failed_open_their_page(folder: Path, item: Any) -> None:
    links.run_chain(item, page=True)


@pytest.mark.parametrize("text", kept("curves"), ids=range(len(kept("curves"))))
def test_curves_that_once_failed_are_told(text: str) -> None:
    curves.run_chain(text)


@pytest.mark.parametrize("item", kept("tables"), ids=range(len(kept("tables"))))
def test_tables_that_once_failed_are_trained_on(folder: Path, item: Any) -> None:
    tables.run_chain(item)


def test_some_hundreds_of_links_hold() -> None:
    outcomes = Counter(links.run_chain(links.link_input(0, number)) for number in range(200))
    assert min(outcomes["clean"], outcomes["told"]) > 20


def test_some_links_open_their_page(folder: Path) -> None:
    for number in range(12):
        links.run_chain(links.link_input(1, number), page=True)


def test_some_hundreds_of_curves_are_told() -> None:
    outcomes = Counter(curves.run_chain(curves.curves_input(0, number)) for number in range(400))
    assert min(outcomes["read"], outcomes["refused"]) > 80


def test_some_tables_are_trained_on(folder: Path) -> None:
    outcomes = Counter(tables.run_chain(tables.table_input(0, number)) for number in range(40))
    assert min(outcomes["trained"], outcomes["refused"]) > 5


@pytest.mark.parametrize("draw", [links.link_input, curves.curves_input, tables.table_input])
def test_an_input_is_found_again_by_its_number(draw: Any) -> None:
    assert draw(3, 17) == draw(3, 17)
    assert len({json.dumps(draw(3, number)) for number in range(60)}) > 50
