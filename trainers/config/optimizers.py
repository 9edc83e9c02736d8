"""PyTorch's own optimizers, with what a user may set for each. Keys are a public format.

PyTorch is imported when an optimizer is built, not when the menu is read. L2 is added to the gradient and passes
through the rule; weight decay shrinks the weight beside it (Loshchilov & Hutter, 2019, arXiv:1711.05101). Both act on
weights with two or more axes, never on biases and scales. Where PyTorch's class has an argument for one, it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from settings import Setting, by_key, choice, number, switch, whole

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

Values = Mapping[str, Any]


def _lr(default: float) -> Setting:
    return number("lr", default, 1e-6, 10.0, "Learning rate.", symbol=r"\eta", valid="[0, 1000000]", log=True)


def _eps(default: float) -> Setting:
    return number(
        "eps", default, 1e-16, 0.1, "Keeps the denominator from zero.", symbol=r"\epsilon", valid="[0, 1]", log=True
    )


def _share(name: str, default: float, meaning: str, symbol: str = "") -> Setting:
    stops = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
    return number(name, default, 0.0, 0.9999, meaning, symbol=symbol, valid="[0, 1)", stops=stops)


_BETAS = (
    _share("beta1", 0.9, "How long gradients are remembered.", r"\beta_1"),
    _share("beta2", 0.999, "How long squared gradients are remembered.", r"\beta_2"),
)
_MOMENTUM = _share("momentum", 0.9, "Share of the last step that is kept.", r"\mu")


def _betas(values: Values) -> dict[str, Any]:
    return {"lr": values["lr"], "betas": (values["beta1"], values["beta2"]), "eps": values["eps"]}


def _same(*names: str) -> Callable[[Values], dict[str, Any]]:
    return lambda values: {name: values[name] for name in ("lr", *names)}


@dataclass(frozen=True, kw_only=True)
class TrainingOptimizer:
    """A class of ``torch.optim``: its name there, and ``arguments(values)``, the keyword arguments it takes.

    decays: what its argument ``weight_decay`` means: L2 through the rule, decay beside it, or there is none.
    fused: device types on which its fused kernel exists. closure: it evaluates the loss itself, several times a step.
    matrices_only: it moves weight matrices; AdamW with the same rate moves the rest.
    """

    key: str
    name: str
    meaning: str
    torch: str
    settings: tuple[Setting, ...]
    arguments: Callable[[Values], dict[str, Any]] = field(repr=False)
    decays: Literal["l2", "decoupled", "none"] = "l2"
    fused: frozenset[str] = frozenset()
    closure: bool = False
    matrices_only: bool = False


_FUSED = frozenset({"cpu", "cuda", "mps"})


def _entry(
    key: str, name: str, meaning: str, torch: str, settings: tuple[Setting, ...], arguments: Any, **others: Any
) -> Any:
    return TrainingOptimizer(
        key=key, name=name, meaning=meaning, torch=torch, settings=settings, arguments=arguments, **others
    )


OPTIMIZERS: Mapping[str, TrainingOptimizer] = MappingProxyType(
    by_key(
        [
            _entry("sgd", "SGD", "A step against the gradient.", "SGD", (_lr(0.1),), _same(), fused=_FUSED),
            _entry(
                "momentum",
                "SGD with momentum",
                "Keeps a share of the last step.",
                "SGD",
                (
                    _lr(0.05),
                    _MOMENTUM,
                    _share("dampening", 0.0, "Share of the gradient left out of the memory.", r"\tau"),
                ),
                _same("momentum", "dampening"),
                fused=_FUSED,
            ),
            _entry(
                "nesterov",
                "Nesterov momentum",
                "Momentum that looks ahead.",
                "SGD",
                (_lr(0.05), _MOMENTUM),
                lambda v: {"lr": v["lr"], "momentum": v["momentum"], "nesterov": v["momentum"] > 0},
                fused=_FUSED,
            ),
            _entry(
                "adagrad",
                "Adagrad",
                "Divides by the root of all squared gradients so far.",
                "Adagrad",
                (
                    _lr(0.05),
                    _eps(1e-10),
                    number("lr_decay", 0.0, 0.0, 0.1, "Rate divided by 1 + k times this.", valid="[0, 100]"),
                    number(
                        "initial_accumulator_value",
                        0.0,
                        0.0,
                        1.0,
                        "Where the sum of squares starts.",
                        valid="[0, 1000]",
                    ),
                ),
                _same("eps", "lr_decay", "initial_accumulator_value"),
                fused=frozenset({"cpu"}),
            ),
            _entry(
                "adadelta",
                "Adadelta",
                "Steps in units of the steps before.",
                "Adadelta",
                (_lr(1.0), _share("rho", 0.9, "How long squares are remembered.", r"\rho"), _eps(1e-6)),
                _same("rho", "eps"),
            ),
            _entry(
                "rmsprop",
                "RMSprop",
                "Divides by the root of recent squared gradients.",
                "RMSprop",
                (
                    _lr(0.005),
                    _share("alpha", 0.99, "How long squared gradients are remembered.", r"\alpha"),
                    _eps(1e-8),
                    _share("momentum", 0.0, "Share of the last step that is kept.", r"\mu"),
                    switch("centered", "Divides by the spread instead of the root of squares."),
                ),
                _same("alpha", "eps", "momentum", "centered"),
            ),
            _entry(
                "adam",
                "Adam",
                "Momentum divided by the root of recent squared gradients.",
                "Adam",
                (_lr(0.005), *_BETAS, _eps(1e-8)),
                _betas,
                fused=_FUSED,
            ),
            _entry(
                "amsgrad",
                "AMSGrad",
                "Adam whose denominator never shrinks.",
                "Adam",
                (_lr(0.005), *_BETAS, _eps(1e-8)),
                lambda v: {**_betas(v), "amsgrad": True},
                fused=_FUSED,
            ),
            _entry(
                "adamw",
                "AdamW",
                "Adam with weight decay beside the rule.",
                "AdamW",
                (_lr(0.005), *_BETAS, _eps(1e-8)),
                _betas,
                decays="decoupled",
                fused=_FUSED,
            ),
            _entry(
                "adamax",
                "Adamax",
                "Adam with the largest recent gradient as denominator.",
                "Adamax",
                (_lr(0.005), *_BETAS, _eps(1e-8)),
                _betas,
            ),
            _entry(
                "nadam",
                "NAdam",
                "Adam with Nesterov's look ahead.",
                "NAdam",
                (
                    _lr(0.005),
                    *_BETAS,
                    _eps(1e-8),
                    number("momentum_decay", 0.004, 0.0, 0.1, "How fast beta1 warms up.", valid="[0, 1]"),
                ),
                lambda v: {**_betas(v), "momentum_decay": v["momentum_decay"]},
            ),
            _entry(
                "radam",
                "RAdam",
                "Adam that waits until its denominator can be trusted.",
                "RAdam",
                (_lr(0.005), *_BETAS, _eps(1e-8)),
                _betas,
            ),
            _entry(
                "rprop",
                "Rprop",
                "Steps by the sign of the full gradient, one size for each weight.",
                "Rprop",
                (
                    _lr(0.01),
                    number(
                        "eta_minus",
                        0.5,
                        0.1,
                        0.9,
                        "Shrinks a step whose sign turned.",
                        symbol=r"\eta^-",
                        valid="(0, 1)",
                    ),
                    number(
                        "eta_plus", 1.2, 1.05, 2.0, "Grows a step whose sign held.", symbol=r"\eta^+", valid="(1, 10]"
                    ),
                ),
                lambda v: {"lr": v["lr"], "etas": (v["eta_minus"], v["eta_plus"])},
                decays="none",
            ),
            _entry(
                "asgd",
                "Averaged SGD",
                "SGD whose rate decays with the power alpha.",
                "ASGD",
                (
                    _lr(0.1),
                    number(
                        "lambd",
                        1e-4,
                        1e-6,
                        0.1,
                        "Decay term of the rate.",
                        symbol=r"\lambda",
                        valid="[0, 10]",
                        log=True,
                    ),
                    number("alpha", 0.75, 0.5, 1.0, "Power of the decay.", symbol=r"\alpha", valid="[0, 2]"),
                    number("t0", 1e6, 1.0, 1e6, "Step at which averaging starts.", valid="[1, 1e12]", log=True),
                ),
                _same("lambd", "alpha", "t0"),
            ),
            _entry(
                "adafactor",
                "Adafactor",
                "Keeps row and column sums of squares in place of all of them.",
                "Adafactor",
                (
                    _lr(0.02),
                    number(
                        "beta2_decay", -0.8, -1.0, -0.5, "How fast the memory of squares lengthens.", valid="[-10, 0)"
                    ),
                    number("d", 1.0, 1.0, 4.0, "Largest root mean square of a step.", symbol="d", valid="[1, 100]"),
                ),
                _same("beta2_decay", "d"),
                decays="decoupled",
            ),
            _entry(
                "lbfgs",
                "L-BFGS",
                "A quasi-Newton step with a line search; for full batches.",
                "LBFGS",
                (
                    _lr(1.0),
                    whole("max_iter", 20, 1, 50, "Inner iterations of one step.", valid="[1, 1000]"),
                    whole("history_size", 10, 1, 100, "Pairs of steps and gradients kept.", valid="[1, 1000]"),
                    choice("line_search", ("strong_wolfe", "none"), "How the length of each step is found."),
                ),
                lambda v: {
                    "lr": v["lr"],
                    "max_iter": v["max_iter"],
                    "history_size": v["history_size"],
                    "line_search_fn": "strong_wolfe" if v["line_search"] == "strong_wolfe" else None,
                },
                decays="none",
                closure=True,
            ),
            _entry(
                "muon",
                "Muon",
                "Orthogonalized momentum for weight matrices; AdamW for the rest.",
                "Muon",
                (
                    _lr(0.005),
                    _share("momentum", 0.95, "Share of the last step that is kept.", r"\mu"),
                    switch("nesterov", "Looks ahead, as Nesterov does.", default=True),
                    whole("ns_steps", 5, 1, 10, "Newton-Schulz iterations.", valid="[1, 99]"),
                ),
                lambda v: {**_same("momentum", "nesterov", "ns_steps")(v), "adjust_lr_fn": "match_rms_adamw"},
                decays="decoupled",
                matrices_only=True,
            ),
        ]
    )
)


def arguments_of(values: Values, *, l2: float, decay: float, device: str) -> dict[str, Any]:
    """The keyword arguments of PyTorch's class, its own weight decay and fused kernel included."""
    entry = OPTIMIZERS[values["name"]]
    arguments = entry.arguments(values)
    if device in entry.fused:
        arguments["fused"] = True
    if entry.decays != "none":
        arguments["weight_decay"] = l2 if entry.decays == "l2" else decay
    return arguments


def build_optimizers(
    values: Values, parameters: list[nn.Parameter], *, l2: float, decay: float, device: str
) -> list[Optimizer]:
    """The optimizer over these parameters; Muon needs a second one for what is no matrix.

    Weights with two or more axes are in the first group, the others in a second one without L2 and decay. Where neither
    is asked for, one group holds all.
    """
    from torch import optim

    entry = OPTIMIZERS[values["name"]]
    arguments = arguments_of(values, l2=l2, decay=decay, device=device)
    if entry.matrices_only:
        matrices = [p for p in parameters if p.ndim == 2]
        kernels, others = [p for p in parameters if p.ndim > 2], [p for p in parameters if p.ndim < 2]
        groups = [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
        rest = optim.AdamW([g for g in groups if g["params"]], lr=values["lr"], fused=device in _FUSED)
        return [getattr(optim, entry.torch)(matrices, **arguments), rest] if matrices else [rest]
    weights, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim < 2]
    groups: list[dict[str, Any]] = [{"params": parameters}]
    if arguments.get("weight_decay") and others:
        groups = [{"params": weights}, {"params": others, "weight_decay": 0.0}]
    return [getattr(optim, entry.torch)(groups, **arguments)]
