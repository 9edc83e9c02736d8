"""The list of more runs than fit on one page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trainers.lab.lab
from pages.parts.runs import listing as runs_list
from tests.pages.opened_page import link, opened_page
from tests.trainers.labs import quick, quiet_lab


def test_a_sort_orders_the_runs_of_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", lab)
    monkeypatch.setattr(runs_list, "PAGE", 3)
    for place in (4, 1, 6, 0, 5, 2, 3):
        run = lab.store.create(quick(), name=f"run {place}", status="stopped")
        lab.store.update(run.id, best_val_loss=place / 10)

    def listed(query: dict[str, str]) -> list[str]:
        page = opened_page("pages/runs.py", query)
        assert link(page) == {name: text for name, text in query.items() if text != "nonsense"}
        found = next(part.proto for part in page.get("bidi_component") if part.proto.component_name.endswith(".runs"))
        given = json.loads(found.json)
        assert given["sort"] == link(page).get("sort", "")
        return [row["cells"]["name"]["text"] for row in given["rows"]]

    assert listed({"sort": "loss"}) == ["run 0", "run 1", "run 2"]
    assert listed({"sort": "-loss", "page": "2"}) == ["run 3", "run 2", "run 1"]
    assert listed({"sort": "name", "page": "3"}) == ["run 6"]
    assert listed({"sort": "nonsense"}) == ["run 3", "run 2", "run 5"]
    lab.store.close()
