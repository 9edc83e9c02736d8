"""A training that was watched from elsewhere, beside runs of the lab: compared, diagnosed and taken away like them."""

from __future__ import annotations

import csv
import io

from exports import reports_csv
from tests.pages.opened_page import newest, opened_page
from tests.trainers.labs import now, quick, work
from trainers.lab.lab import Lab
from trainers.watched import read_told, take_in

RUN = "AbCdEf1234"
LOSSES = [(1, 0.9, 0.95), (2, 0.6, 0.7), (3, 0.4, 0.65), (4, 0.25, 0.7), (5, 0.15, 0.8), (6, 0.1, 0.95)]


def watched(lab: Lab) -> None:
    lines = ['{"watch":1,"run":"AbCdEf1234","name":"=theirs"}']
    lines += [
        f'{{"epoch":{epoch},"step":{10 * epoch},"train_loss":{train},"val_loss":{val}}}' for epoch, train, val in LOSSES
    ]
    take_in(lab.store, read_told("\n".join([*lines, '{"ended":"finished"}', ""])))


def test_it_is_compared_with_a_run_of_the_lab(lab: Lab) -> None:
    watched(lab)
    ours = lab.store.create(quick(), name="ours")
    work(lab.store, ours.id)
    app = opened_page("pages/runs.py", {"runs": f"{RUN},{ours.id}", "number": "val_loss"})
    assert not app.exception
    assert newest(app, "multiselect", "runs.compared").value == [RUN, ours.id]
    told = " ".join(part.proto.body for part in app.get("html"))
    assert "=theirs" in told
    assert "ours" in told
    assert "Best validation loss" in told
    assert "0.65" in told  # its own, at epoch 3


def test_it_is_taken_away_like_one_of_the_lab(lab: Lab) -> None:
    watched(lab)
    text = reports_csv([(now(lab.store, RUN), lab.store.reports(RUN))])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["run"] for row in rows} == {RUN}
    assert {row["name"] for row in rows} == {"'=theirs"}  # no formula of a spreadsheet
    got = [(float(row["epoch"]), float(row["train_loss"]), float(row["val_loss"])) for row in rows]
    assert got == [tuple(map(float, each)) for each in LOSSES]
    assert now(lab.store, RUN).findings
