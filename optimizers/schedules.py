r"""Schedules that need only the step: decays, annealing, warm-up.

Each gives the rate of step :math:`k` (from 0) as a factor of the optimizer's own rate :math:`\eta`, in closed form.
PyTorch reaches the same numbers by recursion. A length of 0 stands for the whole run.
"""

from __future__ import annotations

from typing import Any

from optimizers.rules.arithmetic import power, root, smaller
from optimizers.types import Hyper, Schedule, State
from settings import Hyperparameter


def count(name: str, symbol: str, default: int, meaning: str, *, low: int = 1, high: int = 1000) -> Hyperparameter:
    """A number of steps, from 1 (or from 0, where that stands for the whole run or for none)."""
    valid = f"[{min(low, 1)}, inf)"
    return Hyperparameter(
        name=name, symbol=symbol, default=default, meaning=meaning, kind="int", low=low, high=high, valid=valid
    )


def gamma(default: float, meaning: str) -> Hyperparameter:
    return Hyperparameter(
        name="gamma", symbol=r"\gamma", default=default, meaning=meaning, low=0.01, high=1.0, valid="(0, inf)"
    )


def eta_min() -> Hyperparameter:
    return Hyperparameter(
        name="eta_min",
        symbol=r"\eta_{\min}",
        default=0.0,
        meaning="The rate at the bottom of the curve.",
        low=0.0,
        high=1.0,
        valid="[0, inf)",
        log=True,
    )


def _constant(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr


CONSTANT = Schedule(
    key="constant",
    name="Constant",
    meaning="The same rate at every step.",
    latex=r"\eta_k = \eta",
    reference="Robbins and Monro, Ann. Math. Statist. 22 (1951), for why a constant rate keeps jittering under noise",
    hyperparameters=(),
    rate=_constant,
)


def _step(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr * power(hyper["gamma"], k // hyper["step_size"])


STEP = Schedule(
    key="step",
    name="Step",
    meaning="Multiplies the rate by a factor every so many steps.",
    latex=r"\eta_k = \eta\,\gamma^{\lfloor k / s \rfloor}",
    reference="He et al., arXiv:1512.03385, section 3.4",
    hyperparameters=(
        count("step_size", "s", 100, "Steps between two drops of the rate."),
        gamma(0.1, "Factor at each drop."),
    ),
    rate=_step,
    torch="torch.optim.lr_scheduler.StepLR",
    torch_arguments=lambda hyper, lr, steps: {"step_size": hyper["step_size"], "gamma": hyper["gamma"]},
)


def _multistep(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr * power(hyper["gamma"], (k >= hyper["milestone1"]) + (k >= hyper["milestone2"]))


MULTISTEP = Schedule(
    key="multistep",
    name="Multistep",
    meaning="Multiplies the rate by a factor at two chosen steps.",
    latex=r"\eta_k = \eta\,\gamma^{[k \geq k_1] + [k \geq k_2]}",
    reference="He et al., arXiv:1512.03385, section 4.2",
    hyperparameters=(
        count("milestone1", "k_1", 150, "Step of the first drop."),
        count("milestone2", "k_2", 225, "Step of the second drop."),
        gamma(0.1, "Factor at each drop."),
    ),
    rate=_multistep,
    notes="PyTorch takes a list of any length; two milestones are what is used in practice.",
    torch="torch.optim.lr_scheduler.MultiStepLR",
    torch_arguments=lambda hyper, lr, steps: {
        "milestones": sorted((hyper["milestone1"], hyper["milestone2"])),
        "gamma": hyper["gamma"],
    },
)


def _exponential(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr * hyper["gamma"] ** k


EXPONENTIAL = Schedule(
    key="exponential",
    name="Exponential",
    meaning="Multiplies the rate by the same factor at every step.",
    latex=r"\eta_k = \eta\,\gamma^k",
    reference="Senior et al., ICASSP 2013",
    hyperparameters=(
        Hyperparameter(
            name="gamma",
            symbol=r"\gamma",
            default=0.99,
            meaning="Factor at each step.",
            low=0.9,
            high=1.0,
            valid="(0, 1]",
            stops=(0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999, 0.9995, 1.0),
        ),
    ),
    rate=_exponential,
    torch="torch.optim.lr_scheduler.ExponentialLR",
    torch_arguments=lambda hyper, lr, steps: {"gamma": hyper["gamma"]},
)


def _decay_rate(default: float) -> Hyperparameter:
    return Hyperparameter(
        name="decay_rate",
        symbol=r"\delta",
        default=default,
        meaning="How soon the decay sets in: one over the steps it waits.",
        low=1e-3,
        high=10.0,
        valid="[0, inf)",
        log=True,
    )


def _inverse_time(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr / (1.0 + hyper["decay_rate"] * k)


INVERSE_TIME = Schedule(
    key="inverse_time",
    name="1 / t",
    meaning="Falls like one over the step: just slowly enough to still reach anywhere.",
    latex=r"\eta_k = \frac{\eta}{1 + \delta k}",
    reference="Robbins and Monro, Ann. Math. Statist. 22 (1951)",
    hyperparameters=(_decay_rate(0.01),),
    rate=_inverse_time,
    notes="PyTorch has no class for it; a LambdaLR with this factor is the same.",
)


def _inverse_sqrt(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    return lr / root(1.0 + hyper["decay_rate"] * k)


INVERSE_SQRT = Schedule(
    key="inverse_sqrt",
    name="1 / sqrt(t)",
    meaning="Falls like one over the root of the step.",
    latex=r"\eta_k = \frac{\eta}{\sqrt{1 + \delta k}}",
    reference="Zinkevich, ICML 2003; with a warm-up: Vaswani et al., arXiv:1706.03762",
    hyperparameters=(_decay_rate(0.1),),
    rate=_inverse_sqrt,
    notes="PyTorch has no class for it. With a decay rate of 1 it is the textbook's one over the root of the step.",
)


def _polynomial(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    total = hyper["total_iters"] or steps
    return lr * (1.0 - smaller(k, total) / total) ** hyper["power"]


POLYNOMIAL = Schedule(
    key="polynomial",
    name="Polynomial",
    meaning="Falls to zero along a power of the steps that are left; linear at power 1.",
    latex=r"\eta_k = \eta\left(1 - \frac{\min(k, T)}{T}\right)^{p}",
    reference="Chen et al. (DeepLab), arXiv:1606.00915, section 4",
    hyperparameters=(
        count("total_iters", "T", 0, "Steps until the rate is zero; 0 means the whole run.", low=0),
        Hyperparameter(
            name="power",
            symbol="p",
            default=1.0,
            meaning="Power of the curve: 1 is a straight line.",
            low=0.1,
            high=5.0,
            valid="(0, inf)",
        ),
    ),
    rate=_polynomial,
    notes="PyTorch's own default of 5 steps would be over before a race has begun.",
    torch="torch.optim.lr_scheduler.PolynomialLR",
    torch_arguments=lambda hyper, lr, steps: {"total_iters": hyper["total_iters"] or steps, "power": hyper["power"]},
)


def _linear_warmup(lr: Any, k: int, steps: int, hyper: Hyper, state: State | None) -> Any:
    start, total = hyper["start_factor"], hyper["total_iters"]
    return lr * (start + (1.0 - start) * smaller(k, total) / total)


LINEAR_WARMUP = Schedule(
    key="linear_warmup",
    name="Linear warm-up",
    meaning="Rises in a straight line to the full rate, then hands over to another schedule.",
    latex=r"\eta_k = \eta\left(s + (1 - s)\frac{\min(k, T)}{T}\right)",
    reference="Goyal et al., arXiv:1706.02677",
    hyperparameters=(
        Hyperparameter(
            name="start_factor",
            symbol="s",
            default=1 / 3,
            meaning="Share of the full rate at the first step.",
            low=0.001,
            high=1.0,
            valid="(0, 1]",
        ),
        count("total_iters", "T", 5, "Steps until the full rate.", high=500),
    ),
    rate=_linear_warmup,
    notes="What follows counts its steps from the end of the warm-up, as PyTorch's SequentialLR does.",
    torch="torch.optim.lr_scheduler.LinearLR",
    torch_arguments=lambda hyper, lr, steps: {name: hyper[name] for name in ("start_factor", "total_iters")},
)

SCHEDULES: tuple[Schedule, ...] = (
    CONSTANT,
    STEP,
    MULTISTEP,
    EXPONENTIAL,
    INVERSE_TIME,
    INVERSE_SQRT,
    POLYNOMIAL,
    LINEAR_WARMUP,
)
