"""PyTorch's own optimizers: every rule of ``optimizers`` that names a class of ``torch.optim``, and Adafactor.

Name, formula, hyperparameters and notes are those of the shared rule; here stands only what PyTorch's class has beyond
it. Keys and the names of settings are a public format. PyTorch is imported when an optimizer is built, not when the
menu is read. L2 is added to the gradient and passes through the rule; weight decay shrinks the weight beside it
(Loshchilov & Hutter, 2019, arXiv:1711.05101). Both act on weights with two or more axes, never on biases and scales.
Where PyTorch's class has an argument for one, it is used, and its default is the rule's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import optimizers
from optimizers.settings import aligned, learning_rate
from optimizers.types import Optimizer as Rule
from settings import Hyperparameter, Setting, by_key, number, whole
from trainers.config.ranges import bounded

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

Values = Mapping[str, Any]
_TORCH = "torch.optim."
# Shared name -> the name that links and stored runs know.
_CALLED: Mapping[str, str] = {"etaminus": "eta_minus", "etaplus": "eta_plus", "line_search_fn": "line_search"}
# Weight decay is set for every optimizer alike, among the penalties.
_NOT_HERE = frozenset({"weight_decay", "decoupled_weight_decay"})


@dataclass(frozen=True, kw_only=True)
class TrainingOptimizer:
    """A class of ``torch.optim``: its name there, and ``arguments(values)``, the keyword arguments it takes.

    decays: what its argument ``weight_decay`` means: L2 through the rule, decay beside it, or there is none.
    decay: the default of that argument. fused: device types on which its fused kernel exists. closure: it evaluates
    the loss itself, several times a step. matrices_only: it moves weight matrices; AdamW with the same rate moves the
    rest. by_rate: each number moves by the rate times what follows from its own gradients alone, so that networks side
    by side in one tensor move as each would by itself, whatever their rates.
    """

    key: str
    name: str
    meaning: str
    latex: str
    reference: str
    notes: str
    torch: str
    settings: tuple[Setting, ...]
    arguments: Callable[[Values], dict[str, Any]] = field(repr=False)
    decays: Literal["l2", "decoupled", "none"] = "l2"
    decay: float = 0.0
    fused: frozenset[str] = frozenset()
    closure: bool = False
    matrices_only: bool = False
    by_rate: bool = False


@dataclass(frozen=True, kw_only=True)
class _Own:
    """What a class of PyTorch has beyond the rule: options, fixed arguments, wider ranges, how it is run."""

    settings: tuple[Setting, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)
    decay_argument: bool = True
    fused: frozenset[str] = frozenset()
    closure: bool = False
    matrices_only: bool = False
    by_rate: bool = True


_FUSED = frozenset({"cpu", "cuda", "mps"})
_OWN: Mapping[str, _Own] = {
    "SGD": _Own(fused=_FUSED),
    "Adam": _Own(fused=_FUSED),
    "AdamW": _Own(fused=_FUSED),
    "Adagrad": _Own(fused=frozenset({"cpu"})),
    "Rprop": _Own(decay_argument=False, by_rate=False),  # the rate is its first step, no factor
    "ASGD": _Own(by_rate=False),  # the rate stands in its decay too
    "LBFGS": _Own(
        settings=(whole("max_iter", 20, 1, 50, "Inner iterations of one step.", valid="[1, 1000]"),),
        fixed={"max_eval": None},  # PyTorch's default: five quarters of the inner iterations
        ranges={"history_size": "[1, 1000]"},
        decay_argument=False,
        closure=True,
        by_rate=False,
    ),
    # One rate serves two rules: Muon's steps are brought to the size of AdamW's, which moves the rest.
    "Muon": _Own(fixed={"adjust_lr_fn": "match_rms_adamw"}, matrices_only=True, by_rate=False),
}


def derived(rule: Rule) -> TrainingOptimizer:
    """The optimizer of training that a rule with a class of ``torch.optim`` is."""
    assert rule.torch is not None
    assert rule.torch_arguments is not None
    name, to_torch = rule.torch.removeprefix(_TORCH), rule.torch_arguments
    own, defaults = _OWN.get(name, _Own()), rule.defaults()
    shared = {
        parameter.name: replace(setting, name=_CALLED.get(parameter.name, parameter.name))
        for parameter in rule.hyperparameters
        if parameter.name not in _NOT_HERE
        if (setting := _taken(parameter, rule, own.ranges)) is not None
    }

    def arguments(values: Values) -> dict[str, Any]:
        given = {name: values[setting.name] for name, setting in shared.items()}
        options = {setting.name: values[setting.name] for setting in own.settings}
        return {**to_torch({**defaults, **given}), **options, **own.fixed}

    return TrainingOptimizer(
        key=rule.key,
        name=rule.name,
        meaning=rule.idea,
        latex=rule.latex,
        reference=rule.reference,
        notes=rule.notes,
        torch=name,
        settings=(*shared.values(), *own.settings),
        arguments=arguments,
        decays="none" if not own.decay_argument else "decoupled" if rule.decoupled else "l2",
        decay=float(defaults.get("weight_decay", 0.0)),
        fused=own.fused,
        closure=own.closure,
        matrices_only=own.matrices_only,
        by_rate=own.by_rate,
    )


def _taken(parameter: Hyperparameter, rule: Rule, ranges: Mapping[str, str]) -> Hyperparameter | None:
    """The setting with what PyTorch's class can take of it; None where that leaves no choice."""
    choices: tuple[Any, ...] = (False, True) if parameter.kind == "bool" else parameter.choices
    taken = tuple(choice for choice in choices if _takes(rule, parameter.name, choice))
    if choices and len(taken) < 2:
        return None
    if parameter.kind == "choice":
        return replace(parameter, choices=taken)
    return bounded(replace(parameter, valid=ranges.get(parameter.name, parameter.valid)))


def _takes(rule: Rule, name: str, value: Any) -> bool:
    assert rule.torch_arguments is not None
    try:
        rule.torch_arguments({**rule.defaults(), name: value})
    except ValueError:
        return False
    return True


_ADAFACTOR = TrainingOptimizer(
    key="adafactor",
    name="Adafactor",
    meaning="Keeps row and column sums of squares in place of all of them.",
    latex=aligned(
        r"R_t &= \beta_{2t} R_{t-1} + (1 - \beta_{2t})\, G_t^2 1_m, \quad \beta_{2t} = 1 - t^{\gamma}",
        r"C_t &= \beta_{2t} C_{t-1} + (1 - \beta_{2t})\, 1_n^\top G_t^2",
        r"U_t &= G_t \big/ \sqrt{R_t C_t / 1_n^\top R_t}",
        r"X_t &= X_{t-1} - \alpha_t\, \frac{U_t}{\max(1, \mathrm{RMS}(U_t) / d)},"
        r"\quad \alpha_t = \max(\epsilon_2, \mathrm{RMS}(X_{t-1})) \min(\eta, 1 / \sqrt{t})",
    ),
    reference="Shazeer and Stern, arXiv:1804.04235",
    notes=(
        "The rate is relative: it is multiplied by the root mean square of the weights. It never exceeds one over the "
        "root of the step."
    ),
    torch="Adafactor",
    settings=(
        bounded(learning_rate(1e-2)),
        number("beta2_decay", -0.8, -1.0, -0.5, "How fast the memory of squares lengthens.", valid="[-10, 0)"),
        number("d", 1.0, 1.0, 4.0, "Largest root mean square of a step.", symbol="d", valid="[1, 100]"),
    ),
    arguments=lambda values: {name: values[name] for name in ("lr", "beta2_decay", "d")},
    decays="decoupled",
)

OPTIMIZERS: Mapping[str, TrainingOptimizer] = MappingProxyType(
    by_key(
        (
            *(derived(rule) for rule in optimizers.OPTIMIZERS.values() if (rule.torch or "").startswith(_TORCH)),
            _ADAFACTOR,
        )
    )
)


def fan_in_shares(values: Values, parameters: Sequence[nn.Parameter]) -> list[float] | None:
    """The share of the rate that each parameter has by its fan-in: one over the inputs of a unit for weights, all of it
    for biases and scales. None where all have the whole rate."""
    if not values.get("by_fan_in"):
        return None
    return [1 / p[0].numel() if p.ndim > 1 else 1.0 for p in parameters]


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
    values: Values,
    parameters: list[nn.Parameter],
    *,
    l2: float,
    decay: float,
    device: str,
    shares: Sequence[float] | None = None,
) -> list[Optimizer]:
    """The optimizer over these parameters; Muon needs a second one for what is no matrix.

    Weights with two or more axes are in the first group, the others in a second one without L2 and decay. Where neither
    is asked for, one group holds all. shares: of the rate, one for each parameter; each share has groups of its own,
    the largest first.
    """
    from torch import optim

    entry = OPTIMIZERS[values["name"]]
    arguments = arguments_of(values, l2=l2, decay=decay, device=device)
    share_of = {id(p): share for p, share in zip(parameters, shares or (), strict=bool(shares))}

    def apart(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(set(share_of.values())) < 2:
            return groups
        return [
            {**group, "params": some, "lr": values["lr"] * share}
            for share in sorted(set(share_of.values()), reverse=True)
            for group in groups
            if (some := [p for p in group["params"] if share_of[id(p)] == share])
        ]

    if entry.matrices_only:
        matrices = [p for p in parameters if p.ndim == 2]
        kernels, others = [p for p in parameters if p.ndim > 2], [p for p in parameters if p.ndim < 2]
        groups = [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
        rest = optim.AdamW(apart([g for g in groups if g["params"]]), lr=values["lr"], fused=device in _FUSED)
        if not matrices:
            return [rest]
        return [getattr(optim, entry.torch)(apart([{"params": matrices}]), **arguments), rest]
    weights, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim < 2]
    groups: list[dict[str, Any]] = [{"params": parameters}]
    if arguments.get("weight_decay") and others:
        groups = [{"params": weights}, {"params": others, "weight_decay": 0.0}]
    return [getattr(optim, entry.torch)(apart(groups), **arguments)]
