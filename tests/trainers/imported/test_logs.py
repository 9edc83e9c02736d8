"""Logs as tools write them: which column, which rows and which form each is, with the values that are right."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from trainers.imported.curves import Curves, CurvesError, curves_of, parse_curves, read_curves, read_log

ROLES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr")


def numbers(curves: Curves) -> dict[str, list[float | None]]:
    """What was read, by role; None where nothing was logged."""
    found = {"epochs": curves.history.epochs.tolist()}
    for role in ROLES:
        if role in curves.columns:
            values = [None if math.isnan(x) else round(x, 6) for x in getattr(curves.history, role).tolist()]
            found[role] = values
    return found


def read(content: str | bytes, filename: str = "log") -> Curves:
    return read_curves([(content, filename)])


# ---- which form -----------------------------------------------------------------------------------------------------

LAST = "1875/1875 [==============================] - 3s 2ms/step - "
KERAS_2 = (
    f"Epoch 1/3\n{LAST}loss: 0.5 - accuracy: 0.75 - val_loss: 0.4 - val_accuracy: 0.8 - lr: 0.0010\n"
    "Epoch 2/3\n   1/1875 [......] - ETA: 3s - loss: 9.0 - accuracy: 0.1\b\b\b\b 900/1875 [==>...] - ETA: 1s - "
    f"loss: 8.0 - accuracy: 0.2\b\b\b{LAST}loss: 0.3 - accuracy: 0.875 - val_loss: 0.35 - val_accuracy: 0.82"
    " - lr: 0.0010\nEpoch 2: val_loss improved from 0.40000 to 0.35000, saving model to best.h5\n"
    f"Epoch 3/3\n{LAST}loss: 0.2 - accuracy: 0.9 - val_loss: 0.45 - val_accuracy: 0.81 - lr: 1.0000e-04\n"
)
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
KERAS_3 = "".join(
    f"Epoch {k}/3\n{BOLD}1875/1875{PLAIN} \x1b[32m━━━━━━━━{PLAIN}\x1b[37m{PLAIN} {BOLD}3s{PLAIN} 1ms/step - {numbers}\n"
    for k, numbers in enumerate(
        (
            "accuracy: 0.75 - loss: 0.5 - val_accuracy: 0.8 - val_loss: 0.4 - learning_rate: 0.0010",
            "accuracy: 0.875 - loss: 0.3 - val_accuracy: 0.82 - val_loss: 0.35 - learning_rate: 0.0010",
            "accuracy: 0.9 - loss: 0.2 - val_accuracy: 0.81 - val_loss: 0.45 - learning_rate: 1.0000e-04",
        ),
        1,
    )
)
COLUMNS = {
    "loss": [0.5, 0.3, 0.2],
    "accuracy": [0.75, 0.875, 0.9],
    "val_loss": [0.4, 0.35, 0.45],
    "val_accuracy": [0.8, 0.82, 0.81],
    "lr": [0.001, 0.001, 0.0001],
}
PYTHON = (
    "{'loss': [0.5, np.float64(0.3), 0.2], 'accuracy': array([0.75, 0.875, 0.9], dtype=float32), "
    "'val_loss': (0.4, 0.35, 0.45,), \"val_accuracy\": [0.8, 0.82, tensor(0.81, device='cuda:0')],"
    " 'lr': [0.001, 0.001, 1e-04], 'note': None}"
)
RECORDS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
PRINTED = """Loading data ...
epoch 1: train loss 0.5
Epoch 1 | train loss: 0.5 | train acc: 75% | val loss: 0.4 | val acc: 80% | lr: 0.001
saved checkpoint
Epoch 2 | train loss: 0.3 | train acc: 87.5% | val loss: 0.35 | val acc: 82% | lr: 0.001
Epoch 3 | train loss: 0.2 | train acc: 90% | val loss: 0.45 | val acc: 81% | lr: 0.0001
"""
SKORCH_PRINTED = """  epoch    train_loss    train_acc    valid_acc    valid_loss      lr     dur
-------  ------------  -----------  -----------  ------------  ------  ------
      1        0.5           0.75        0.8           0.4      0.001  0.0318
      2        0.3           0.875       0.82          0.35     0.001  0.0312
      3        0.2           0.9         0.81          0.45     0.0001 0.0310
"""
PANDAS_PRINTED = """    loss  accuracy  val_loss  val_accuracy      lr
0    0.5     0.750      0.40          0.80  0.0010
1    0.3     0.875      0.35          0.82  0.0010
2    0.2     0.900      0.45          0.81  0.0001
"""
MARKDOWN = """| epoch | loss | accuracy | val_loss | val_accuracy | lr |
|------:|-----:|---------:|---------:|-------------:|---:|
| 1 | 0.5 | 0.75 | 0.4 | 0.8 | 1e-3 |
| 2 | 0.3 | 0.875 | 0.35 | 0.82 | 1e-3 |
| 3 | 0.2 | 0.9 | 0.45 | 0.81 | 1e-4 |
"""
FORMS: dict[str, tuple[str, str]] = {
    "Keras 2": (KERAS_2, "the console of Keras"),
    "Keras 3": (KERAS_3, "the console of Keras"),
    "JSON": (json.dumps(COLUMNS), "JSON"),
    "assigned": (f"history = {json.dumps(COLUMNS)}", "JSON"),
    "wrapped": (json.dumps({"params": {"epochs": 3}, "epoch": [0, 1, 2], "history": COLUMNS}), "JSON"),
    "strings": (json.dumps({name: list(map(str, values)) for name, values in COLUMNS.items()}), "JSON"),
    "records": (json.dumps(RECORDS), "JSON"),
    "lines": ("\n".join(map(json.dumps, RECORDS)), "lines of JSON"),
    "epochs as keys": (json.dumps({str(k): row for k, row in enumerate(RECORDS, 1)}), "JSON"),
    "epoch_1 as key": (json.dumps({f"epoch_{k}": row for k, row in enumerate(RECORDS, 1)}), "JSON"),
    "pandas columns": (json.dumps({n: {str(k): x for k, x in enumerate(v, 1)} for n, v in COLUMNS.items()}), "JSON"),
    "pandas split": (
        json.dumps({"columns": list(COLUMNS), "index": [0, 1, 2], "data": [list(row.values()) for row in RECORDS]}),
        "JSON",
    ),
    "sides": (
        json.dumps(
            {
                "train": {"loss": COLUMNS["loss"], "acc": COLUMNS["accuracy"]},
                "val": {"loss": COLUMNS["val_loss"], "acc": COLUMNS["val_accuracy"]},
                "lr": COLUMNS["lr"],
            }
        ),
        "JSON",
    ),
    "sides in records": (
        json.dumps(
            [
                {
                    "epoch": k,
                    "lr": row["lr"],
                    "train": {"loss": row["loss"], "acc": row["accuracy"]},
                    "valid": {"loss": row["val_loss"], "acc": row["val_accuracy"]},
                }
                for k, row in enumerate(RECORDS, 1)
            ]
        ),
        "JSON",
    ),
    "Python": (PYTHON, "a dict of Python's"),
    "Python records": (str(RECORDS), "a dict of Python's"),
    "Python lines": ("\n".join(map(str, RECORDS)), "lines of Python's dicts"),
    "Python by epoch": (str(dict(enumerate(RECORDS, 1))), "a dict of Python's"),
    "printed": (PRINTED, "printed lines of names and numbers"),
    "skorch, printed": (SKORCH_PRINTED, "a table parted by white space"),
    "pandas, printed": (PANDAS_PRINTED, "a table parted by white space"),
    "Markdown": (MARKDOWN, "a table parted by bars"),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_same_curves_are_read_from_every_form(name: str) -> None:
    content, form = FORMS[name]
    curves = read(content)
    found = numbers(curves)
    epochs = found.pop("epochs")
    assert found == {
        "train_loss": [0.5, 0.3, 0.2],
        "val_loss": [0.4, 0.35, 0.45],
        "train_metric": [0.75, 0.875, 0.9],
        "val_metric": [0.8, 0.82, 0.81],
        "lr": [0.001, 0.001, 0.0001],
    }
    assert epochs in ([1, 2, 3], [0, 1, 2])
    assert form in curves.form


def test_triples_of_tensorboard_are_series_named_by_their_files() -> None:
    def triples(values: list[float]) -> str:
        return json.dumps([[1.7e9 + k, k, value] for k, value in enumerate(values)])

    files = [
        (triples([0.001, 0.0001]), "run-train-tag-epoch_learning_rate.json"),
        (triples([0.8, 0.7]), "run-validation-tag-epoch_loss.json"),
        (triples([0.9, 0.5]), "run-train-tag-epoch_loss.json"),
        (triples([0.6, 0.7]), "run-validation-tag-epoch_accuracy.json"),
    ]
    assert numbers(read_curves(files)) == {
        "epochs": [0, 1],
        "train_loss": [0.9, 0.5],
        "val_loss": [0.8, 0.7],
        "val_metric": [0.6, 0.7],
        "lr": [0.001, 0.0001],
    }


def test_a_file_named_learning_rate_is_no_loss() -> None:
    table = "Wall time,Step,Value\n1.7e9,0,0.9\n1.7e9,1,0.5\n"
    curves = read_curves([(table, "loss.csv"), (table, "learning_rate.csv")])
    assert curves.columns == {"train_loss": "loss.csv", "lr": "learning_rate.csv", "step": "Step"}


def test_files_without_a_telling_name_are_told_by_place() -> None:
    table = "Wall time,Step,Value\n1.7e9,0,0.9\n1.7e9,1,0.5\n"
    curves = read_curves([(table, "a.csv"), (table, "b.csv")])
    assert [curves.columns[role] for role in ("train_loss", "val_loss")] == ["a.csv", "b.csv"]
    assert "b.csv was taken for the validation loss, by its place." in curves.notes


def test_printed_lines_need_no_colons() -> None:
    curves = read(
        "epoch 1, train loss 0.5, val loss 0.75\nepoch 2, train loss 0.4, val loss 0.7\nbest epoch so far 2\n"
    )
    assert numbers(curves) == {"epochs": [1, 2], "train_loss": [0.5, 0.4], "val_loss": [0.75, 0.7]}


# The first record of an event file: its length, a checksum, and an event with the version of the format.
EVENT_FILE = (
    b"\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22" + b"\x09\0\0\x80\xfd\xb4\xc3\xda\x41\x1a\x0dbrain.Event:2" + b"\0\0\0\0"
)


def test_an_event_file_without_its_reader_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(CurvesError, match="read as an event file of TensorBoard, reading it needs the package tensor"):
        read(EVENT_FILE)


def test_an_event_file_is_read_through_tensorboard(tmp_path: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
    from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(tmp_path))
    for step in range(3):
        for tag, value in (("train/loss", 1 / (step + 1)), ("val/loss", 1.5), ("lr", 0.25)):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(step=step, summary=summary))
    writer.close()
    (path,) = tmp_path.iterdir()
    found = numbers(read(path.read_bytes(), path.name))
    assert found.pop("train_loss") == pytest.approx([1, 0.5, 0.333333], abs=1e-6)
    assert found == {"epochs": [0, 1, 2], "val_loss": [1.5, 1.5, 1.5], "lr": [0.25, 0.25, 0.25]}
    with pytest.raises(CurvesError, match="read as an event file of TensorBoard"):
        read(path.read_bytes()[:80] + b"\xff" * 40)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ('{"loss": [1, 2', "read as JSON, line 1"),
        ("{'loss': [1, 2", "read as a dict of Python's, line 1"),
        ("{'loss': os.system('true')}", "read as a dict of Python's"),
        ('{"loss": 1}\n{"loss": 2,}\n{"loss": 3}\n', "read as lines of JSON, line 2"),
        ("epoch;loss\n1;0,5\n2;x\n", "read as a table parted by semicolons, line 3, column 'loss'"),
        ("Epoch 1/2\n - acc: 0.5\n", "read as"),
        ("epoch loss\n1 0.5\n2 0.4 0.3\n3 0.2\n4 0.1\n", "read as a table parted by white space, line 3"),
    ],
)
def test_a_reader_that_fails_says_what_it_took_the_file_for(content: str, form: str) -> None:
    with pytest.raises(CurvesError) as caught:
        read(content)
    assert str(caught.value).startswith(form)


# ---- which column ---------------------------------------------------------------------------------------------------

DETECTRON = "\n".join(
    json.dumps(
        {
            "data_time": 0.01,
            "eta_seconds": 9.0,
            "iteration": 20 * k + 19,
            "loss_box_reg": 0.1,
            "loss_cls": 0.2 + k,
            "lr": 0.001 * k,
            "time": 0.5,
            "total_loss": 2.0 - k / 4,
            "fast_rcnn/cls_accuracy": 0.9,
        }
    )
    for k in range(3)
)
MMDETECTION = "\n".join(
    [json.dumps({"env_info": "sys.platform: linux", "seed": 0})]
    + [
        json.dumps(row)
        for k in range(1, 3)
        for row in (
            {"mode": "train", "epoch": k, "iter": 50, "lr": 0.02, "loss_cls": 0.5, "loss_bbox": 0.25, "loss": 2.0 / k},
            {"mode": "train", "epoch": k, "iter": 100, "lr": 0.02, "loss_cls": 0.5, "loss_bbox": 0.25, "loss": 1.0 / k},
            {"mode": "val", "epoch": k, "iter": 20, "lr": 0.02, "loss_cls": 0.25, "loss": 1.25, "bbox_mAP": 0.25 * k},
        )
    ]
)
YOLO = "\n".join(
    ",".join(cell.rjust(23) for cell in row.split())
    for row in (
        "epoch train/box_loss train/cls_loss train/dfl_loss metrics/precision(B) metrics/mAP50(B) val/box_loss "
        "val/cls_loss val/dfl_loss lr/pg0",
        "1 1.5 2.5 1.0 0.5 0.3 1.0 2.0 1.5 0.01",
        "2 1.0 1.5 1.0 0.6 0.4 1.0 1.0 1.0 0.02",
    )
)
TRAINER_STATE = {
    "best_metric": 0.5,
    "epoch": 2.0,
    "global_step": 20,
    "log_history": [
        {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 5e-05, "loss": 0.9, "step": 5},
        {"epoch": 1.0, "grad_norm": 1.0, "learning_rate": 4e-05, "loss": 0.7, "step": 10},
        {"epoch": 1.0, "eval_loss": 0.8, "eval_accuracy": 0.6, "eval_runtime": 3.5, "step": 10},
        {"epoch": 1.5, "grad_norm": 0.5, "learning_rate": 3e-05, "loss": 0.5, "step": 15},
        {"epoch": 2.0, "grad_norm": 0.5, "learning_rate": 2e-05, "loss": 0.3, "step": 20},
        {"epoch": 2.0, "eval_loss": 0.75, "eval_accuracy": 0.7, "eval_runtime": 3.5, "step": 20},
        {"epoch": 2.0, "total_flos": 1e9, "train_loss": 0.6, "train_runtime": 60.0, "step": 20},
    ],
}
SKORCH = [
    {
        "epoch": k,
        "dur": 0.5,
        "train_loss": 1.0 / k,
        "train_loss_best": True,
        "valid_loss": 1.5 / k,
        "valid_acc": 0.5,
        "valid_loss_best": True,
        "train_batch_count": 4,
        "batches": [{"train_loss": 3.0, "train_batch_size": 32}],
    }
    for k in (1, 2)
]
TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "detectron2": (
        DETECTRON,
        {
            "epochs": [19, 39, 59],
            "train_loss": [2.0, 1.75, 1.5],
            "train_metric": [0.9, 0.9, 0.9],
            "lr": [0, 0.001, 0.002],
        },
    ),
    "mmdetection": (
        MMDETECTION,
        {
            "epochs": [1, 2],
            "train_loss": [1.5, 0.75],
            "val_loss": [1.25, 1.25],
            "val_metric": [0.25, 0.5],
            "lr": [0.02, 0.02],
        },
    ),
    "YOLO": (YOLO, {"epochs": [1, 2], "train_loss": [5.0, 3.5], "val_loss": [4.5, 3.0], "lr": [0.01, 0.02]}),
    "Hugging Face": (
        json.dumps(TRAINER_STATE),
        {
            "epochs": [0.5, 1, 1.5, 2],
            "train_loss": [0.9, 0.7, 0.5, 0.3],
            "val_loss": [None, 0.8, None, 0.75],
            "val_metric": [None, 0.6, None, 0.7],
            "lr": [5e-05, 4e-05, 3e-05, 2e-05],
        },
    ),
    "Hugging Face, printed": (
        "\n".join([" 10%|#         | 5/50 [00:01<00:09]", *map(str, TRAINER_STATE["log_history"])]),
        {
            "epochs": [0.5, 1, 1.5, 2],
            "train_loss": [0.9, 0.7, 0.5, 0.3],
            "val_loss": [None, 0.8, None, 0.75],
            "val_metric": [None, 0.6, None, 0.7],
            "lr": [5e-05, 4e-05, 3e-05, 2e-05],
        },
    ),
    "skorch": (
        json.dumps(SKORCH),
        {"epochs": [1, 2], "train_loss": [1, 0.5], "val_loss": [1.5, 0.75], "val_metric": [0.5, 0.5]},
    ),
    "Lightning": (
        "epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n0,0.01,9,,1.5,,\n0,,19,,,0.5,1.2\n"
        "0,,19,1.4,,,\n1,0.01,39,,0.9,,\n1,,39,,,0.6,1.0\n1,,39,1.0,,,\n",
        {
            "epochs": [0, 1],
            "train_loss": [1.4, 1.0],
            "val_loss": [1.2, 1.0],
            "val_metric": [0.5, 0.6],
            "lr": [0.01, 0.01],
        },
    ),
    "Weights & Biases": (
        '"_step","run-1 - train/loss","run-1 - train/loss__MIN","run-1 - eval/loss","run-1 - train/learning_rate"\n'
        '"0","0.9","0.8","1.1","0.1"\n"1","0.5","0.4","0.7","0.1"\n',
        {"epochs": [0, 1], "train_loss": [0.9, 0.5], "val_loss": [1.1, 0.7], "lr": [0.1, 0.1]},
    ),
    "XGBoost": (
        "[0]\ttrain-logloss:0.53\tvalid-logloss:0.55\n[1]\ttrain-logloss:0.43\tvalid-logloss:0.5\n",
        {"epochs": [0, 1], "train_loss": [0.53, 0.43], "val_loss": [0.55, 0.5]},
    ),
    "fastai": (
        "epoch     train_loss  valid_loss  accuracy  time\n0         0.9         0.8         0.5       00:12\n"
        "1         0.5         0.6         0.7       00:12\n",
        {"epochs": [0, 1], "train_loss": [0.9, 0.5], "val_loss": [0.8, 0.6]},
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_logs_of_tools_are_read_as_they_mean_it(tool: str) -> None:
    content, expected = TOOLS[tool]
    assert numbers(read(content)) == expected


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("loss_cls,total_loss", {"train_loss": "total_loss"}),
        ("loss,total_loss,val_total_loss,val_loss_cls", {"train_loss": "total_loss", "val_loss": "val_total_loss"}),
        (
            "training_losses,validation_losses,lrs",
            {"train_loss": "training_losses", "val_loss": "validation_losses", "lr": "lrs"},
        ),
        (
            "trainloss,valloss,trainacc,valacc",
            {"train_loss": "trainloss", "val_loss": "valloss", "train_metric": "trainacc", "val_metric": "valacc"},
        ),
        ("loss,cv_loss", {"train_loss": "loss", "val_loss": "cv_loss"}),
        ("train_loss,val_loss,metrics/precision(B)", {"train_loss": "train_loss", "val_loss": "val_loss"}),
        ("loss,accuracy", {"train_loss": "loss", "train_metric": "accuracy"}),
        ("epoch_time,batch_time,loss,iter_time", {"train_loss": "loss"}),
        ("train_loss,best_val_loss,val_loss,min_loss", {"train_loss": "train_loss", "val_loss": "val_loss"}),
        ("train_loss,test_loss,val_loss", {"train_loss": "train_loss", "val_loss": "val_loss"}),
        ("train/box_loss,train/cls_loss,val/cls_loss", {"train_loss": "train/cls_loss", "val_loss": "val/cls_loss"}),
        ("x/lr0,x/lr1,loss", {"train_loss": "loss", "lr": "x/lr0"}),
    ],
)
def test_names_mean_what_they_say(names: str, roles: dict[str, str]) -> None:
    rows = "\n".join(",".join("0.5" for _ in names.split(",")) for _ in range(3))
    assert read(f"{names}\n{rows}\n").columns == roles


def test_a_closing_record_does_not_beat_the_series() -> None:
    rows = [{"loss": 0.9}, {"loss": 0.5}, {"loss": 0.4}, {"train_loss": 0.6}]
    curves = read(json.dumps(rows))
    assert curves.columns == {"train_loss": "loss"}
    assert curves.history.train_loss.tolist() == [0.9, 0.5, 0.4]


def test_a_metric_of_unknown_side_is_left_to_the_reader() -> None:
    log = read_log([("epoch,train_loss,val_loss,accuracy\n1,0.5,0.6,0.7\n2,0.4,0.5,0.8\n", "")])
    curves = curves_of(log)
    assert "val_metric" not in curves.columns
    assert "accuracy may be of training or of validation: choose, if you know." in curves.notes
    chosen = curves_of(log, {"val_metric": "accuracy", "val_loss": None})
    assert chosen.history.val_metric.tolist() == [0.7, 0.8]
    assert list(chosen.history.missing_val) == [True, True]


def test_percent_and_errors_become_shares_that_are_larger_when_better() -> None:
    curves = read("epoch,loss,val_loss,top1_err,val_top1_err\n1,1,1,50,40\n2,1,1,25,30\n")
    assert numbers(curves)["val_metric"] == [0.6, 0.7]
    assert numbers(curves)["train_metric"] == [0.5, 0.75]
    assert "val_top1_err is an error; shown is one less it." in curves.notes
    assert numbers(read("loss,acc\n1,93.5%\n1,94%\n"))["train_metric"] == [0.935, 0.94]
    assert numbers(read("loss,acc\n1,93.5\n1,94\n"))["train_metric"] == [0.935, 0.94]


# ---- which rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["phase", "mode", "split"])
def test_long_tables_are_put_side_by_side(column: str) -> None:
    curves = read(f"epoch,{column},loss\n0,train,0.8\n0,val,0.6\n1,train,0.3\n1,val,0.9\n")
    assert numbers(curves) == {"epochs": [0, 1], "train_loss": [0.8, 0.3], "val_loss": [0.6, 0.9]}
    assert f"The rows were put side by side by their {column}." in curves.notes


def test_long_tables_of_names_and_values_are_put_side_by_side() -> None:
    curves = read("step,tag,value\n0,train/loss,0.9\n0,val/loss,1.0\n1,train/loss,0.5\n1,val/loss,0.75\n")
    assert numbers(curves) == {"epochs": [0, 1], "train_loss": [0.9, 0.5], "val_loss": [1.0, 0.75]}
    curves = read("epoch,split,metric,value\n0,train,loss,0.9\n0,valid,loss,1\n0,valid,acc,0.5\n1,train,loss,0.5\n")
    assert numbers(curves) == {
        "epochs": [0, 1],
        "train_loss": [0.9, 0.5],
        "val_loss": [1.0, None],
        "val_metric": [0.5, None],
    }


def test_trainings_that_were_appended_are_told_apart() -> None:
    log = read_log([("epoch,loss\n1,0.9\n2,0.8\n3,0.7\n1,0.5\n2,0.4\n", "")])
    curves = curves_of(log)
    assert curves.trainings == ("1: lines 2 to 4", "2: lines 5 to 6")
    assert curves.history.train_loss.tolist() == [0.9, 0.8, 0.7]
    assert "There are 2 trainings in it, as the epoch or a column tells; shown is 1: lines 2 to 4." in curves.notes
    assert curves_of(log, training=curves.trainings[1]).history.train_loss.tolist() == [0.5, 0.4]


def test_the_first_rows_of_an_appended_training_may_be_of_validation() -> None:
    rows = [(0, "", 2.0), (1, 0.9, 1.0), (2, 0.8, 0.9), (0, "", 3.0), (1, 0.5, 0.6), (2, 0.4, 0.5), (3, 0.3, 0.4)]
    text = "\n".join(["epoch,loss,val_loss", *(",".join(map(str, row)) for row in rows)])
    curves = read(text)
    assert curves.trainings == ("1: lines 2 to 4", "2: lines 5 to 8")
    assert numbers(curves)["val_loss"] == [3.0, 0.6, 0.5, 0.4]


def test_a_column_of_runs_tells_trainings_apart() -> None:
    log = read_log([("seed,epoch,loss\n0,1,0.9\n1,1,0.7\n0,2,0.8\n1,2,0.6\n", "")])
    assert curves_of(log).trainings == ("seed 0", "seed 1")
    assert curves_of(log, training="seed 0").history.train_loss.tolist() == [0.9, 0.8]


def test_training_that_was_resumed_replaces_what_it_repeats() -> None:
    curves = read("epoch,loss\n1,0.9\n2,0.8\n3,0.7\n4,0.9\n3,0.5\n4,0.4\n5,0.3\n")
    assert numbers(curves) == {"epochs": [1, 2, 3, 4, 5], "train_loss": [0.9, 0.8, 0.5, 0.4, 0.3]}
    assert "Training was resumed; 2 rows were trained again and count once." in curves.notes


def test_blocks_of_training_and_of_validation_are_one_training() -> None:
    curves = read("epoch,train_loss,val_loss\n1,0.9,\n2,0.8,\n3,0.7,\n1,,1.0\n2,,0.9\n3,,0.8\n")
    assert not curves.trainings
    assert numbers(curves) == {"epochs": [1, 2, 3], "train_loss": [0.9, 0.8, 0.7], "val_loss": [1.0, 0.9, 0.8]}


def test_the_newest_first_is_sorted() -> None:
    assert numbers(read("epoch,loss\n3,0.7\n2,0.8\n1,0.9\n")) == {"epochs": [1, 2, 3], "train_loss": [0.9, 0.8, 0.7]}


def test_lines_that_are_no_rows_are_passed_over_and_told() -> None:
    text = (
        "# made by a tool\nepoch,loss,val_loss\n1,0.9,1.0\n# a note\n2,0.8,0.9\nearly stopping,best,epoch\n3,0.7,0.8\n"
    )
    curves = read(text)
    assert numbers(curves) == {"epochs": [1, 2, 3], "train_loss": [0.9, 0.8, 0.7], "val_loss": [1.0, 0.9, 0.8]}
    assert "3 lines are no rows and were passed over, the first is line 1." in curves.notes


def test_a_header_that_stands_again_is_no_row() -> None:
    curves = read("epoch,loss\n1,0.9\n2,0.8\nepoch,loss\n3,0.7\n4,0.6\n")
    assert numbers(curves) == {"epochs": [1, 2, 3, 4], "train_loss": [0.9, 0.8, 0.7, 0.6]}
    assert "The header stands again before line 5." in curves.notes
    assert read("loss,val_loss\n0.9,1\n0.8,1\nloss,val_loss\n0.7,1\n").trainings == (
        "1: lines 2 to 3",
        "2: lines 5 to 5",
    )


@pytest.mark.parametrize(
    "text",
    [
        "run,train_loss,val_loss\na,0.5,0.6\nb,0.4,0.5\nc,0.3,0.4\n",
        "trial,lr,train_loss,val_loss\n0,0.1,0.5,0.6\n1,0.01,0.4,0.5\n2,0.001,0.3,0.4\n",
        "optimizer,train_loss,val_loss\nsgd,0.5,0.6\nadam,0.4,0.5\n",
        "run,epochs,train_loss\na,50,0.5\nb,20,0.4\nc,70,0.3\n",
    ],
)
def test_a_table_with_a_row_a_run_is_no_curve(text: str) -> None:
    with pytest.raises(CurvesError, match="each row is a run of its own"):
        read(text)


def test_a_list_that_is_shorter_by_a_factor_was_logged_every_so_many_epochs() -> None:
    curves = read('{"loss": [4, 3, 2, 1], "val_loss": [3.5, 1.5]}')
    assert numbers(curves) == {"epochs": [1, 2, 3, 4], "train_loss": [4, 3, 2, 1], "val_loss": [None, 3.5, None, 1.5]}
    assert "val_loss has 2 numbers where there are 4 rows: one every 2." in curves.notes


def test_rows_without_an_epoch_belong_to_the_next_that_has_one() -> None:
    curves = read("epoch,loss,val_loss\n,0.9,\n,0.7,\n1,,1.0\n,0.5,\n2,,0.8\n")
    assert numbers(curves) == {"epochs": [1, 2], "train_loss": [0.8, 0.5], "val_loss": [1.0, 0.8]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_curves_come_in_other_encodings(encoding: str) -> None:
    curves = read("epoch;loss;Genauigkeit in Größe\n1;0,9;1\n2;0,8;1\n".encode(encoding))
    assert curves.history.train_loss.tolist() == [0.9, 0.8]


def test_the_dict_of_python_is_never_evaluated(tmp_path) -> None:
    path = tmp_path / "made"
    for text in (f"{{'loss': [open({str(path)!r}, 'w')]}}", f"{{'loss': [__import__('os').mkdir({str(path)!r})]}}"):
        with pytest.raises(CurvesError):
            parse_curves(text)
    assert not path.exists()
