"""The callbacks against the real libraries: what they log is what is told. They are extras of the tests."""

from __future__ import annotations

import importlib
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from trainers.watch import hugging_face_callback, keras_callback, lightning_callback
from trainers.watch.names import losses_and_metrics, without_steps

ENDED = {"ended": "finished"}


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]


def library(name: str) -> Any:
    """The real one, as the tests' extras install it: missing, it fails. What it warns of while it loads is its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


@pytest.mark.parametrize(
    ("logged", "found"),
    [
        ({"loss": 1, "val_loss": 2, "accuracy": 3, "val_accuracy": 4}, (1, 2, 3, 4)),  # Keras
        ({"train_loss": 1, "val_loss": 2, "val_acc": 4}, (1, 2, None, 4)),  # Lightning
        ({"loss": 1, "grad_norm": 9, "learning_rate": 8, "epoch": 7}, (1, None, None, None)),  # Hugging Face
        ({"eval_loss": 2, "eval_accuracy": 4, "eval_runtime": 9, "epoch": 7}, (None, 2, None, 4)),
        ({"train_runtime": 9, "total_flos": 8}, (None, None, None, None)),
    ],
)
def test_names_of_the_three_libraries(logged: dict[str, Any], found: tuple[Any, ...]):
    roles = ("train_loss", "val_loss", "train_metric", "val_metric")
    assert tuple(losses_and_metrics(logged).get(role) for role in roles) == found


def test_of_steps_and_epochs_those_of_epochs_are_told():
    assert without_steps(["loss_step", "loss_epoch", "other_step"]) == {"loss_epoch", "other_step"}


def test_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = library("keras")
    keras.utils.set_random_seed(0)
    inputs = torch.randn(64, 4).numpy()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    watched = keras_callback(str(tmp_path / "a.jsonl"), name="of Keras")
    past = model.fit(
        inputs, inputs[:, :1], epochs=3, batch_size=16, validation_split=0.25, verbose=0, callbacks=[watched]
    )
    head, *reports, end = told(tmp_path / "a.jsonl")
    assert head["name"] == "of Keras"
    assert [(each["epoch"], each["step"], each["lr"]) for each in reports] == [(1, 3, 0.01), (2, 6, 0.01), (3, 9, 0.01)]
    assert [each["train_loss"] for each in reports] == pytest.approx(
        [float(each) for each in past.history["loss"]], rel=1e-5
    )
    assert [each["val_loss"] for each in reports] == pytest.approx(
        [float(each) for each in past.history["val_loss"]], rel=1e-5
    )
    assert end == ENDED


@pytest.mark.filterwarnings("ignore")  # of the library about itself
def test_lightning(tmp_path: Path):
    lightning = library("lightning.pytorch")

    class Regression(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
            self.fails_at = 99

        def loss(self, batch: Any) -> torch.Tensor:
            return torch.nn.functional.mse_loss(self.net(batch[0]), batch[0][:, :1])

        def training_step(self, batch: Any, _: int) -> torch.Tensor:
            if self.current_epoch == self.fails_at:
                raise ZeroDivisionError("in the third epoch")
            loss = self.loss(batch)
            self.log("train_loss", loss, on_epoch=True, on_step=True)
            return loss

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val_loss", self.loss(batch))

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.01)

    def trained(file: Path, fails_at: int = 99) -> Any:
        module = Regression()
        module.fails_at = fails_at
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(64, 4)), batch_size=16)
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
        callbacks = [lightning_callback(str(file), overhead=1.0)]
        trainer = lightning.Trainer(
            max_epochs=3, accelerator="cpu", enable_model_summary=False, callbacks=callbacks, **quiet
        )
        trainer.fit(module, loader, loader)
        return trainer

    trainer = trained(tmp_path / "a.jsonl")
    head, *reports, end = told(tmp_path / "a.jsonl")
    assert head["layers"] == ["net.0", "net.2"]
    assert [(each["epoch"], each["step"], each["lr"]) for each in reports] == [
        (1, 4, 0.01),
        (2, 8, 0.01),
        (3, 12, 0.01),
    ]
    assert reports[-1]["train_loss"] == pytest.approx(trainer.callback_metrics["train_loss_epoch"].item(), rel=1e-5)
    assert reports[-1]["val_loss"] == pytest.approx(trainer.callback_metrics["val_loss"].item(), rel=1e-5)
    assert "inside" in reports[-1]
    assert end == ENDED
    with pytest.raises(ZeroDivisionError):
        trained(tmp_path / "b.jsonl", fails_at=2)
    assert told(tmp_path / "b.jsonl")[-1]["ended"] == "failed"


@pytest.mark.filterwarnings("ignore")  # of the library about itself
def test_hugging_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    transformers = library("transformers")

    class Regression(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Linear(4, 1)

        def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
            predicted = self.net(x)
            return {"loss": torch.nn.functional.mse_loss(predicted, labels), "logits": predicted}

    rows = [{"x": row, "labels": row[:1]} for row in torch.randn(64, 4)]
    trainer = transformers.Trainer(
        model=Regression(),
        args=transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"),
            num_train_epochs=3,
            per_device_train_batch_size=16,
            logging_steps=2,
            eval_strategy="epoch",
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=rows,
        eval_dataset=rows,
        callbacks=[hugging_face_callback(str(tmp_path / "a.jsonl"), overhead=1.0)],
    )
    trainer.train()
    head, *reports, end = told(tmp_path / "a.jsonl")
    assert head["layers"] == ["net"]
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    losses = {each["step"]: each["train_loss"] for each in reports if "train_loss" in each}
    assert losses == pytest.approx({entry["step"]: entry["loss"] for entry in logged}, rel=1e-5)
    held = {entry["step"]: entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry}
    assert {each["step"]: each["val_loss"] for each in reports if "val_loss" in each} == pytest.approx(held, rel=1e-5)
    assert end == ENDED
