"""One made-up definition for each catalogue: the module it stands in, and the lines that are added at its end."""

from __future__ import annotations

LANDSCAPE = """


def _trough() -> Facts:
    def expression() -> sympy.Expr:
        x, y = coordinates()
        return x**2 / 100 + y**4

    return Facts(expression=expression, domain=((-2, 2), (-2, 2)), start=(1.5, 1.0), minima=((0, 0),), minimum=0.0)


VALLEYS = (
    *VALLEYS,
    Landscape(
        key="trough",
        name="Trough",
        character="A flat floor between two walls.",
        difficulty="Along the floor the gradient is a hundred times smaller than across it.",
        reference="Made up.",
        facts=_trough,
    ),
)
"""

OPTIMIZER = r"""


def _signum_init(points: Array, hyper: Hyper) -> State:
    return {"mean": np.zeros_like(points)}


def _signum(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    mean = hyper["beta"] * state["mean"] + objective.gradient(points)
    return points - hyper["lr"] * np.sign(mean), {"mean": mean}


SIGNUM = Optimizer(
    key="signum",
    name="Signum",
    idea="Every step is as long as the last.",
    latex=r"x_{t+1} = x_t - \eta\,\mathrm{sign}(m_{t+1})",
    reference="Made up.",
    hyperparameters=(
        learning_rate(1e-2),
        Hyperparameter(name="beta", symbol="b", default=0.9, meaning="Its memory.", valid="[0, 1)", high=0.9),
    ),
    init=_signum_init,
    step=_signum,
)
RULES = (*RULES, SIGNUM)
"""

SCHEDULE = r"""


def _halved(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr * 0.5 if 2 * k >= steps else lr * 1.0


SCHEDULES = (
    *SCHEDULES,
    Schedule(
        key="halved",
        name="Halved",
        meaning="Half the rate in the second half.",
        latex=r"\eta_k = \eta / 2 \text{ from } K / 2",
        reference="Made up.",
        hyperparameters=(),
        rate=_halved,
    ),
)
"""

ACTIVATION = r"""


def _leaning(x: Any, hyper: Hyper) -> Any:
    import torch

    return torch.where(x > 0, x, 0.3 * x)


RECTIFIERS = (
    *RECTIFIERS,
    Activation(
        key="leaning",
        name="Leaning",
        latex=r"\max(0.3 x, x)",
        latex_derivative=r"\{0.3, 1\}",
        value=lambda x, hyper: np.where(np.asarray(x) > 0, x, 0.3 * np.asarray(x)),
        derivative=lambda x, hyper: np.where(np.asarray(x) > 0, 1.0, 0.3),
        second_derivative=lambda x, hyper: np.zeros_like(np.asarray(x, dtype=np.float64)),
        range=lambda hyper: "(-inf, inf)",
        saturates="none",
        monotonic=True,
        zero_centered=False,
        torch="torch.where(x > 0, x, 0.3 * x)",
        tensor=_leaning,
        source="Made up.",
        when_to_use="Never.",
        kinks=lambda hyper: (0.0,),
    ),
)
"""

INITIALIZER = r"""


INITIALIZERS = MappingProxyType(
    {
        **INITIALIZERS,
        "thirds": Initializer(
            key="thirds",
            name="Thirds",
            idea="A third of what LeCun takes.",
            latex=r"\mathcal{N}(0, 1 / (3 n))",
            distribution="normal",
            variance=lambda fan_in, fan_out, hyper, gain: 1 / (3 * fan_in),
            reference="Made up.",
            torch="torch.nn.init.normal_(w, std={std})",
        ),
    }
)
"""

DATA_SET = r"""


def _stairs(values: Values, progress: Progress) -> Table:
    import numpy as np

    generator = np.random.default_rng(values["seed"])
    x = generator.uniform(-1, 1, (200, 2))
    y = (np.floor(2 * x[:, 0]) + np.floor(2 * x[:, 1])).astype(np.int64) % 2
    return Table(
        inputs=x.astype(np.float32), targets=y, features=("x1", "x2"), target="class", classes=("class 1", "class 2")
    )


DATA_SETS = MappingProxyType(
    {**DATA_SETS, "stairs": _made("stairs", "Stairs", "Classes on a chess board.", _stairs, 2)}
)
"""

KIND = r"""
from trainers.diagnosis.findings import Sign as _Sign
from trainers.diagnosis.remedies import put as _put
from trainers.diagnosis.remedies import remedies as _some
from trainers.diagnosis.trial_judging import Judgement as _Judgement
from trainers.diagnosis.trial_judging import Judging as _Judging


def _rule(m: Any, at: Any) -> Any:
    config = m.history.config
    if config is None or config.data.name != "stairs" or not m.n:
        return None
    return _Sign(strength=3.0, since=float(m.epochs[-1]), evidence="The data are stairs.")


KINDS = MappingProxyType(
    {
        "steep": Kind(
            key="steep",
            name="Steep",
            meaning="Stairs are steep.",
            group="data",
            rule=_rule,
            thresholds=None,
            remedies=lambda m: _some(("Take another seed.", _put(m, budget__seed=14), "beginning")),
            judging=_Judging(
                rule=lambda a, b: _Judgement(held=True, sentence="Another seed was taken."), watched="train_loss"
            ),
            explains=frozenset({"rate", "fit"}),
            cure="luck",
            reference="Made up.",
        ),
        **KINDS,
    }
)
"""

PRESET = r"""


PRESETS = MappingProxyType(
    {
        **PRESETS,
        "climb": TrainingPreset(
            key="climb",
            title="A climb",
            group="Data",
            look_for="Stairs, one after the other.",
            runs=(
                (
                    "",
                    {
                        "data.name": "stairs",
                        "model.activation": "leaning",
                        "model.initializer": "thirds",
                        "schedule.name": "halved",
                        "budget.epochs": 3,
                    },
                ),
            ),
            finding="steep",
        ),
    }
)
"""

PAGE = '''"""A made-up page."""

from __future__ import annotations

import streamlit as st

from settings import Hyperparameter, SettingsCodec
from widgets import LinkedState, behind_app

COUNT = Hyperparameter(name="count", symbol="n", default=3, kind="int", low=0, high=9, valid="[0, 9]", meaning="Many.")

behind_app()
linked = LinkedState("extra", SettingsCodec(lambda values: [("count", COUNT)]))
st.session_state.count = linked.open()["count"]
linked.control("count")
'''

ADDED = {
    "landscapes/valleys.py": LANDSCAPE,
    "optimizers/rules/sign.py": OPTIMIZER,
    "optimizers/schedules.py": SCHEDULE,
    "networks/activations/rectifiers.py": ACTIVATION,
    "networks/initializers.py": INITIALIZER,
    "trainers/data/catalogue.py": DATA_SET,
    "trainers/diagnosis/catalogue.py": KIND,
    "trainers/presets/catalogue.py": PRESET,
}
"""Module of each catalogue, and what is added to it."""
