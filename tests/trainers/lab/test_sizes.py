"""How large a model is, known before a run is queued: every order that queues one refuses what is too large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import quick, quiet_lab, work
from trainers import Finding, keep_upload, load
from trainers.config.run_config import ModelTooLarge
from trainers.diagnosis.findings import Remedy
from trainers.lab.error import LabError
from trainers.lab.lab import Lab
from trainers.lab.sizes import parameter_count

COLUMNS = 5
TABLE = ",".join(["city", *(f"x{k}" for k in range(COLUMNS)), "y"]) + "\n"
TABLE += "".join(
    f"{'abc'[k % 3]}," + ",".join(str(k * (j + 3) % 17) for j in range(COLUMNS)) + f",{'pq'[k % 2]}\n"
    for k in range(60)
)
HUGE = {"model.widths": "9999-9999", "model.initializer": "kaiming_normal"}
SAID = r"^This model has 100,\d{3},\d{3} parameters; allowed are 20,000,000 at the most\.$"


@pytest.fixture
def own(data_home: Path) -> dict[str, Any]:
    return {"data.name": "csv", "data.file": keep_upload(TABLE.encode())}


@pytest.fixture
def lab(data_home: Path) -> Iterator[Lab]:
    made = quiet_lab(data_home)
    yield made
    made.close()


def remedied(lab: Lab, run: str) -> Any:
    finding = Finding(
        kind="underfitting", name="Underfitting", confidence=0.9, since=1.0, evidence="", remedies=(), span=(1.0, 6.0)
    )
    return lab.try_remedy(run, finding, Remedy(label="Take a larger network.", changes=HUGE, start="beginning"))


ORDERS: dict[str, Callable[[Lab, str, dict[str, Any]], Any]] = {
    "train": lambda lab, run, own: lab.submit(quick(own | HUGE)),
    "train together": lambda lab, run, own: lab.submit_together([("", quick(own)), ("wide", quick(own | HUGE))], "Two"),
    "a preset": lambda lab, run, own: lab.shared([("wide", quick(own | HUGE))], "One"),
    "fork": lambda lab, run, own: lab.fork(run, HUGE),
    "remedy": lambda lab, run, own: remedied(lab, run),
}


@pytest.mark.parametrize("order", ORDERS)
def test_whatever_queues_a_model_too_large_for_the_table_is_refused(lab: Lab, own: dict[str, Any], order: str) -> None:
    run = work(lab.store, lab.submit(quick(own)))
    with pytest.raises(LabError, match=SAID):
        ORDERS[order](lab, run.id, own)
    assert lab.store.count() == 1


@pytest.mark.parametrize("changes", [{}, {"data.leak": "feature"}, {"data.leak": "duplicates"}], ids=str)
def test_the_count_is_that_of_the_rows_a_worker_loads(own: dict[str, Any], changes: dict[str, Any]) -> None:
    config = quick(own | changes)
    splits = load(config.data)
    assert parameter_count(config) == config.parameters(splits.shape, len(splits.classes) or None)


def test_give_aways_that_will_be_left_out_are_not_counted(own: dict[str, Any]) -> None:
    """Which columns go is known after a search: refused is only what is too large for half of them."""
    without = own | {"data.drop_giveaways": True}
    assert parameter_count(quick(without)) is None
    wide = HUGE | {"model.widths": "4468-4468"}  # 20,016,642 numbers for all 8 columns, 19,998,770 for 4 of them
    parameter_count(quick(without | wide))
    for config in (quick(own | wide), quick(without | wide | {"model.widths": "4470-4470"})):
        with pytest.raises(ModelTooLarge):
            parameter_count(config)


def test_a_table_that_cannot_be_used_is_left_to_the_worker(own: dict[str, Any], data_home: Path) -> None:
    assert parameter_count(quick(own | HUGE | {"data.target": "price"})) is None
    assert parameter_count(quick(own | HUGE | {"data.file": "ab" * 32})) is None
    assert parameter_count(quick()) == quick().parameter_count()
