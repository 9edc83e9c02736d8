"""What a part of the page shows, as a PyTorch script that prints its numbers in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments.losses.apart import at_shift
from experiments.losses.outlier import fits_of, on_grid, placed
from experiments.losses.readings import hyper_of, target_of
from experiments.losses.settings import LOGITS
from experiments.losses.targets import smoothed_of
from networks.losses import DISTANCES, LOSS_FUNCTIONS

_HEAD = "import torch\nfrom torch.nn import functional as F\n\ntorch.set_default_dtype(torch.float64)\n"
_MASSES: Mapping[str, str] = {
    "normal": "def normal(x):\n    return torch.erfc(-x / 2**0.5) / 2\n",
    "box": "def box(x):\n    return ((x + 1) / 2).clamp(0, 1)\n",
    "tent": ("def tent(x):\n    part = x.clamp(-1, 1)\n    return 0.5 + part - part * part.abs() / 2\n"),
}
_HISTOGRAM = '''
width = 0.1
middles = torch.arange(-120, 121) * width


def histogram(mass, spread, center):
    """The mass of each bin; the first and the last hold what lies beyond them."""
    inner = (middles[1:] - width / 2 - center) / spread
    end = torch.full((1,), torch.inf)
    low, high = torch.cat([-end, inner]), torch.cat([inner, end])
    right = low > 0  # in the upper tail both numbers are near 1
    return (mass(torch.where(right, -low, high)) - mass(torch.where(right, -high, low))).clamp(min=0)
'''


def losses_code(values: Mapping[str, Any]) -> str:
    """The part that is shown, ready to run."""
    return _HEAD + _PARTS[values["part"]](values)


def _one_row(prediction: float, target: float, line: str) -> str:
    return (
        f"\nprediction = torch.tensor([{prediction!r}], requires_grad=True)\n"
        f"target = torch.tensor([{target!r}])\n"
        f"loss = {line}\nloss.backward()\n"
        'print("loss", loss.item())\nprint("slope", prediction.grad.item())\n'
    )


def _regression(values: Mapping[str, Any]) -> str:
    key = values["loss"]
    return _one_row(float(values["error"]), 0.0, LOSS_FUNCTIONS[key].pytorch_line(hyper_of(key, values)))


def _classification(values: Mapping[str, Any]) -> str:
    key = values["loss"]
    line = LOSS_FUNCTIONS[key].pytorch_line(hyper_of(key, values))
    return _one_row(float(values["logit"]), target_of(key, values["target"]), line)


def _outlier(values: Mapping[str, Any]) -> str:
    key = values["fit"]
    fit = placed(fits_of(values), key, on_grid(values))
    line = LOSS_FUNCTIONS[key].pytorch_line(hyper_of(key, values))
    return (
        f"\nx = torch.tensor({fit.x.tolist()})\n"
        f"y = torch.tensor({fit.y.tolist()})  # the outlier is the last\n"
        f"intercept, slope = {fit.intercept!r}, {fit.slope!r}  # the best ones for this loss\n"
        "error = intercept + slope * x - y\n"
        "error[error.abs() < 1e-9] = 0  # points that the fit passes through\n"
        "prediction, target = error.requires_grad_(), torch.zeros_like(error)\n"
        f"loss = {line}\n"
        "loss.backward()\n"
        "pull = prediction.grad.abs()\n"
        'print("loss", loss.item())\n'
        'print("share", (pull[-1] / pull.sum()).item())\n'
    )


def _cross_entropy(values: Mapping[str, Any]) -> str:
    view = smoothed_of(values)
    temperature = f" / {values['temperature']:.12g}" * (values["temperature"] != 1)
    logits = [float(values[name]) for name in LOGITS[: values["classes"]]]
    body = f"\nz = torch.tensor([{logits!r}], requires_grad=True)\nprediction = z{temperature}\n"
    if values["loss"] == "kl":
        body += f"target = torch.tensor([{view.target.tolist()!r}])\n"
        line = LOSS_FUNCTIONS["kl"].pytorch_line({"label_smoothing": 0.0})
    elif values["convention"] == "all":
        body += f"target = torch.tensor([{view.true}])\n"
        line = LOSS_FUNCTIONS["cross_entropy"].pytorch_line({"label_smoothing": values["epsilon"]})
    else:
        body += f"target = torch.tensor([{view.target.tolist()!r}])  # PyTorch's own smoothing is the other one\n"
        line = "F.cross_entropy(prediction, target)"
    return (
        body + f'loss = {line}\nloss.backward()\nprint("loss", loss.item())\nprint("gradient", *z.grad[0].tolist())\n'
    )


def _distributions(values: Mapping[str, Any]) -> str:
    distance = DISTANCES[values["distance"]]
    shapes = {"normal" if values[name] == "two" else values[name] for name in ("p", "q")}
    functions = "\n\n".join(_MASSES[shape] for shape in _MASSES if shape in shapes)
    return (
        f"{_HISTOGRAM}\n\n{functions}\n"
        "shift = torch.tensor(" + repr(at_shift(values).shift) + ", requires_grad=True)\n"
        f"p = {_mixture(values['p'], values['p_width'], 'torch.tensor(0.0)')}\n"
        f"q = {_mixture(values['q'], values['q_width'], 'shift')}\n"
        f"loss = {distance.torch}\n"
        "loss.backward()\n"
        'print("loss", loss.item())\nprint("slope", shift.grad.item())\n'
    )


def _mixture(shape: str, width: float, center: str) -> str:
    if shape != "two":
        return f"histogram({shape}, {width!r}, {center})"
    return f"(histogram(normal, {width!r}, {center} - 3) + histogram(normal, {width!r}, {center} + 3)) / 2"


_ROWS = {
    "number": ("[0.5, -1.0, 3.0]", "[0.0, 0.0, 0.0]"),
    "logit": ("[2.0, -1.0, 0.5]", "[1.0, 0.0, 0.0]"),
    "score": ("[2.0, -1.0, 0.5]", "[1.0, -1.0, -1.0]"),
    "logits": ("[[2.0, 0.0, -1.0]]", "[[1.0, 0.0, 0.0]]"),
}


def _table(values: Mapping[str, Any]) -> str:
    text = ""
    for key, loss in LOSS_FUNCTIONS.items():
        prediction, target = _ROWS[loss.takes]
        text += (
            f"\nprediction, target = torch.tensor({prediction}), torch.tensor({target})\n"
            f'print("{key}", {loss.pytorch_line(hyper_of(key, values))}.item())\n'
        )
    return text


_PARTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "regression": _regression,
    "outlier": _outlier,
    "classification": _classification,
    "cross_entropy": _cross_entropy,
    "distributions": _distributions,
    "table": _table,
}
