from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from exports.run_script import script
from networks.initializers import INITIALIZERS
from networks.models import MODELS, TRAINABLE
from settings import Hyperparameter
from tests.trainers.runs import run
from trainers import DATA_SETS, LOSSES, OPTIMIZERS, SCHEDULES, RunConfig, keep_upload

CASES = {
    "the defaults": {},
    "sizes by hand, LSUV, penalties, clipping, drops": {
        "data.name": "diabetes",
        "model.widths": "8-6",
        "model.activation": "sine",
        "model.initializer": "lsuv",
        "model.dropout": 0.2,
        "optimizer.name": "sgd",
        "regularization.l1": 0.001,
        "regularization.sam": 0.02,
        "regularization.clip_norm": 1.0,
        "regularization.weight_decay": 0.01,
        "data.label_noise": 0.1,
        "data.train_size": 100,
        "data.bootstrap": 3,
        "schedule.name": "step",
        "schedule.every": 2,
    },
    "convolutions with mixed images": {
        "data.name": "digits",
        "data.train_size": 300,
        "model.normalization": "batch",
        "augmentation.flip": True,
        "augmentation.crop": 1,
        "augmentation.rotation": 5.0,
        "augmentation.cutout": 2,
        "augmentation.cutmix": 0.5,
        "optimizer.name": "muon",
        "regularization.weight_decay": 0.01,
        "regularization.sam": 0.05,
        "budget.epochs": 2,
    },
    "images slanted, recolored and under a policy": {
        "data.name": "digits",
        "data.train_size": 100,
        "augmentation.flip_vertical": True,
        "augmentation.scale": 0.2,
        "augmentation.shear": 10.0,
        "augmentation.perspective": 0.3,
        "augmentation.brightness": 0.3,
        "augmentation.contrast": 0.3,
        "augmentation.saturation": 0.3,
        "augmentation.hue": 0.1,
        "augmentation.policy": "svhn",
        "budget.epochs": 2,
    },
    "a cubic by L-BFGS": {
        "data.name": "sine_exact",
        "model.name": "linear",
        "model.degree": 3,
        "optimizer.name": "lbfgs",
        "budget.batch_size": 0,
        "regularization.l2": 0.01,
        "budget.epochs": 2,
    },
    "a recurrent network with warm-up": {
        "data.name": "parity",
        "data.size": 200,
        "model.name": "lstm",
        "model.initializer": "orthogonal",
        "schedule.name": "cosine",
        "schedule.warmup": 1.0,
    },
    "attention with averaged weights": {
        "data.name": "sine_continuation",
        "data.size": 200,
        "model.name": "transformer",
        "regularization.ema": 0.9,
        "schedule.name": "plateau",
        "schedule.patience": 0,
        "regularization.patience": 2,
    },
    "weights of exactly zero, 1 / sqrt(t)": {
        "data.name": "diabetes",
        "optimizer.name": "adamw",
        "optimizer.lr": 0.01,
        "regularization.l1": 0.1,
        "regularization.proximal": True,
        "schedule.name": "inverse_sqrt",
        "schedule.warmup": 1.0,
    },
    "penalties and noise beyond L1 and L2": {
        "data.name": "moons",
        "data.size": 120,
        "model.activation": "hard_sigmoid",
        "optimizer.name": "sgd",
        "regularization.jacobian": 0.1,
        "regularization.orthogonality": 0.01,
        "regularization.max_norm": 1.5,
        "regularization.weight_noise": 0.05,
        "regularization.activity_noise": 0.1,
        "augmentation.noise": 0.1,
        "reuse.freeze": 1,
    },
    "L-BFGS with penalties on slopes and angles": {
        "data.name": "noisy_sine",
        "data.size": 60,
        "optimizer.name": "lbfgs",
        "budget.batch_size": 0,
        "regularization.jacobian": 0.1,
        "regularization.orthogonality": 0.01,
        "regularization.weight_decay": 0.1,
    },
    "maxout, renormalized, from moved biases": {
        "data.size": 200,
        "model.activation": "maxout",
        "model.pieces": 3,
        "model.first_bias": -0.5,
        "model.normalization": "batch_renorm",
        "model.norm_position": "after",
    },
    "rates by fan-in along one cycle": {
        "data.size": 200,
        "optimizer.name": "adamw",
        "optimizer.lr": 0.05,
        "optimizer.by_fan_in": True,
        "regularization.weight_decay": 0.01,
        "schedule.name": "one_cycle",
    },
    "rates by fan-in along a cosine": {
        "data.size": 200,
        "optimizer.name": "sgd",
        "optimizer.lr": 0.2,
        "optimizer.by_fan_in": True,
        "schedule.name": "cosine",
        "schedule.warmup": 1.0,
        "schedule.final": 0.1,
    },
    "a normalized GRU": {
        "data.name": "sine_continuation",
        "data.size": 200,
        "model.depth": 2,
        "model.dropout": 0.2,
        "model.normalization": "layer",
        "model.initializer": "xavier_normal",
    },
    "attention with the norm last": {
        "data.name": "adding",
        "data.size": 200,
        "model.name": "transformer",
        "model.normalization": "rms",
        "model.norm_first": False,
    },
    "filters by length and direction": {
        "data.name": "digits",
        "data.train_size": 200,
        "model.width": 4,
        "model.normalization": "weight",
        "model.initializer": "orthogonal",
        "optimizer.name": "sgd",
        "regularization.orthogonality": 0.05,
        "regularization.l2": 0.001,
    },
    "weights of nothing by length and direction": {
        "data.size": 60,
        "model.normalization": "weight",
        "model.initializer": "zeros",
    },
    "L-BFGS on directions": {
        "data.size": 60,
        "model.normalization": "weight",
        "optimizer.name": "lbfgs",
        "budget.batch_size": 0,
        "regularization.orthogonality": 0.01,
    },
    "leaks, groups and mixed rows": {
        "data.name": "wine",
        "data.leak": "duplicates",
        "data.grouped": True,
        "model.normalization": "weight",
        "loss.name": "bce",
        "loss.label_smoothing": 0.1,
        "augmentation.mixup": 0.3,
        "model.init_scale": 2.0,
        "schedule.name": "one_cycle",
    },
}


TABLE = """x,"the ""way"" '{1}'",y,kind
""" + "".join(
    f"{x:.3f},{('up', 'down', 'left')[i % 3]},{y:.3f},{'a' if x > y else 'b'}\n"
    for i, (x, y) in enumerate(np.random.default_rng(0).normal(size=(60, 2)))
)
HOSTILE = '"); raise SystemExit(9) #'
HOSTILE_TABLE = f'a,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n' + "".join(f"{i},{i % 2}\n" for i in range(40))
_POINTS = np.random.default_rng(1).normal(size=(60, 2))
GERMAN = "sep=;\n;Größe;y;Art;\n" + "".join(
    f"{i};{1000 + x:.2f};{y:.3f};{('auf', 'ab', '')[i % 3] if i % 5 else 'auf'};\n".replace(".", ",")
    for i, (x, y) in enumerate(_POINTS)
)
HEADLESS = "".join(f"  {x:.3f}   {'?' if i % 7 == 3 else f'{y:.3f}'} {i % 2}\n" for i, (x, y) in enumerate(_POINTS))
MARKDOWN = "|x|n|y|\n|--|--|--|\n" + "".join(f"|{x:.3f}|1_{i % 3}|{i % 2}|\n" for i, (x, _) in enumerate(_POINTS))
TABLES = {
    "a table of the user": (TABLE, "kind", {}),
    "a hostile name": (HOSTILE_TABLE, HOSTILE, {}),
    "a German table": (GERMAN, "y", {"data.task": "regression", "data.drop_empty": True}),
    "a table without a header": (HEADLESS, "column 3", {"data.drop_empty": True}),
    "a table of Markdown": (MARKDOWN, "", {}),
}
ENCODINGS = {"a German table": "cp1252", "a table of Markdown": "utf-16"}
RUNNER = """
import os, runpy, sys
for folder in sys.argv[1:]:
    os.chdir(folder)
    with open("printed", "w") as sys.stdout:
        runpy.run_path("script.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """name -> (configuration, what its script printed); one process runs them all, each in a folder of its own."""
    home = tmp_path_factory.mktemp("scripts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_LAB_DATA", str(home / "data"))
        configs, folders = {}, {}
        for number, name in enumerate([*CASES, *TABLES]):
            folders[name] = home / str(number)
            folders[name].mkdir()
            if name in TABLES:
                text, target, more = TABLES[name]
                content = text.encode(ENCODINGS.get(name, "utf-8"))
                changes = {"data.name": "csv", "data.file": keep_upload(content), "data.target": target} | more
                (folders[name] / "table.csv").write_bytes(content)
            else:
                changes = CASES[name]
            config = RunConfig().changed({"data.name": changes.get("data.name", "moons")})
            configs[name] = config.changed({"budget.epochs": 3, "watch.pictures": False, **changes})
            (folders[name] / "script.py").write_text(script(configs[name]), encoding="utf-8")
        command = [sys.executable, "-W", "error", "-c", RUNNER, *map(str, folders.values())]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home, env=environment)
        assert done.returncode == 0, done.stderr
        yield {name: (config, (folders[name] / "printed").read_text()) for name, config in configs.items()}


@pytest.mark.parametrize("name", [*CASES, *TABLES])
def test_the_script_ends_where_the_run_ends(executed, name):
    config, printed = executed[name]
    told = run(config, score_test=True)
    reports = [r for r in told.reports[1:] if r.complete]
    lines = re.findall(r"epoch (\d+): training loss (\S+), validation loss (\S+), validation \S+ (\S+)", printed)
    assert [int(line[0]) for line in lines] == [r.epoch for r in reports]
    for line, report in zip(lines, reports, strict=True):
        assert float(line[1]) == pytest.approx(report.train_loss, rel=1e-4, abs=1e-6)
        assert float(line[2]) == pytest.approx(report.val_loss, rel=1e-4, abs=1e-6)
        assert float(line[3]) == pytest.approx(report.val_metric, abs=1e-4)
    tested = re.search(r"test loss (\S+), metric (\S+)", printed)
    assert tested is not None
    assert told.ended.test is not None
    assert float(tested[1]) == pytest.approx(told.ended.test.loss, rel=1e-4, abs=1e-6)


def _variants():
    for name in DATA_SETS:
        if name != "csv":
            yield {"data.name": name}
            yield {"data.name": name, "data.grouped": True, "data.label_noise": 0.1, "data.train_size": 20}
    for name in OPTIMIZERS:
        yield {"optimizer.name": name, "regularization.l2": 0.1, "regularization.weight_decay": 0.1}
    for name in SCHEDULES:
        yield {"schedule.name": name}
        yield {"schedule.name": name} | ({} if name == "one_cycle" else {"schedule.warmup": 2.0})
    for name in LOSSES:
        data = "moons" if "classification" in LOSSES[name].tasks else "diabetes"
        yield {"data.name": data, "loss.name": name}
    for name in (*TRAINABLE, "maxout"):
        yield {"model.activation": name}
    for name in INITIALIZERS:
        yield {"model.initializer": name}
    for name in MODELS:
        data = {"image": "digits", "sequence": "adding"}.get(min(MODELS[name].inputs), "moons")
        yield {"data.name": "diabetes" if name == "linear" else data, "model.name": name}
        for setting in MODELS[name].settings:
            if setting.name == "normalization" and isinstance(setting, Hyperparameter):
                for kind in setting.choices:
                    yield {"data.name": data, "model.name": name, "model.normalization": kind}


@pytest.mark.parametrize("changes", list(_variants()), ids=lambda changes: "-".join(str(v) for v in changes.values()))
def test_every_choice_gives_a_script_in_which_every_name_is_defined(changes):
    tree = ast.parse(script(RunConfig().changed(changes)))
    loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            stored.add(node.name)
        if isinstance(node, ast.arg):
            stored.add(node.arg)
        if isinstance(node, ast.Import | ast.ImportFrom):
            stored |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    annotations = {
        "Any",
        "Callable",
        "Sequence",
        "Mapping",
        "Values",
        "NDArray",
        "Batch",
        "Progress",
        "Hyper",
        "Source",
    }
    import builtins

    assert loaded - stored - annotations - set(dir(builtins)) == set()


def _imported(tree: ast.AST) -> set[str]:
    return {
        (n.names[0].name if isinstance(n, ast.Import) else n.module or "").partition(".")[0]
        for n in ast.walk(tree)
        if isinstance(n, ast.Import | ast.ImportFrom)
    }


def test_the_script_names_nothing_of_this_project():
    for changes in CASES.values():
        tree = ast.parse(script(RunConfig().changed({"data.name": changes.get("data.name", "moons")}).changed(changes)))
        tried = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and "ImportError" in ast.dump(node)]
        optional = set[str]().union(*map(_imported, tried))
        assert optional <= {"torchvision"}
        usual = {"__future__", "math", "dataclasses", "functools", "types", "numpy", "torch", "sklearn"}
        assert _imported(tree) - optional <= usual
