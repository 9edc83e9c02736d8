"""One optimum, many numbers: what lambda is called, and how large it is, where people write the same penalty otherwise.

All of them are positive multiples of the same sum, so they have the same optimum. Here the sum is mean squared error
plus l1 |w|_1 plus l2 |w|^2 / 2; n is the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.neuron.penalty import bowl_of, optimum_of


@dataclass(frozen=True, kw_only=True)
class Convention:
    """A way to write the sum. where: who writes it so. symbol and number: what the strength is called, and its value.

    formula: in LaTeX.
    """

    key: str
    where: str
    formula: str
    symbol: str
    number: float


def conventions_of(values: Mapping[str, Any]) -> tuple[Convention, ...]:
    """The number of the same optimum in each convention, for lasso, ridge or the elastic net of these settings."""
    n, mix, strength = bowl_of(values["fitted"]).rows, values["mix"], optimum_of(values).strength
    l1, l2 = strength * mix, strength * (1 - mix)
    if mix == 1:
        return _lasso(n, l1)
    if mix == 0:
        return _ridge(n, l2)
    return _net(n, strength, mix)


_MEAN = r"\tfrac1n\lVert Xw-t\rVert^2"
_HALF = r"\tfrac1{2n}\lVert Xw-t\rVert^2"
_SUM = r"\lVert Xw-t\rVert^2"


_IN_FRONT = "`C` in front of the loss, as in scikit-learn's classifiers"
_SIZE, _SQUARE = r"\lVert w\rVert_1", r"\lVert w\rVert^2"


def _lasso(n: int, l1: float) -> tuple[Convention, ...]:
    return (
        _said("mean", "This page: mean of squares", rf"{_MEAN}+\lambda{_SIZE}", l1),
        _said("sklearn", "scikit-learn's `Lasso`; glmnet (Friedman et al. 2010)", rf"{_HALF}+\alpha{_SIZE}", l1 / 2),
        _said("sum", "Sum of squares", rf"{_SUM}+\lambda{_SIZE}", n * l1),
        _said("half_sum", "Half the sum of squares", rf"\tfrac12{_SUM}+\lambda{_SIZE}", n * l1 / 2),
        _said("c", _IN_FRONT, rf"C\,{_SUM}+{_SIZE}", _over(n * l1)),
    )


def _ridge(n: int, l2: float) -> tuple[Convention, ...]:
    weight_decay = "This page; PyTorch's `weight_decay` beside `MSELoss`"
    over_rows = "Penalty divided by the rows, too"
    return (
        _said("mean", weight_decay, rf"{_MEAN}+\tfrac\lambda2{_SQUARE}", l2),
        _said("whole", "Without the half", rf"{_MEAN}+\lambda{_SQUARE}", l2 / 2),
        _said("sklearn", "scikit-learn's `Ridge`: sum of squares", rf"{_SUM}+\alpha{_SQUARE}", n * l2 / 2),
        _said("over_n", over_rows, rf"{_HALF}+\tfrac\lambda{{2n}}{_SQUARE}", n * l2 / 2),
        _said("net", "scikit-learn's `ElasticNet`, `l1_ratio=0`", rf"{_HALF}+\tfrac\alpha2{_SQUARE}", l2 / 2),
        _said("c", _IN_FRONT, rf"C\,{_SUM}+\tfrac12{_SQUARE}", _over(n * l2)),
    )


def _net(n: int, strength: float, mix: float) -> tuple[Convention, ...]:
    both = rf"\bigl(\rho{_SIZE}+\tfrac{{1-\rho}}2{_SQUARE}\bigr)"
    library = f"scikit-learn's `ElasticNet`, `l1_ratio={mix:g}`; glmnet"
    return (
        _said("mean", "This page: mean of squares", rf"{_MEAN}+\lambda{both}", strength),
        _said("sklearn", library, rf"{_HALF}+\alpha{both}", strength / 2),
        _said("sum", "Sum of squares", rf"{_SUM}+\lambda{both}", n * strength),
    )


def _said(key: str, where: str, formula: str, number: float) -> Convention:
    symbol = "C" if key == "c" else r"\alpha" if r"\alpha" in formula else r"\lambda"
    return Convention(key=key, where=where, formula=formula, symbol=symbol, number=number)


def _over(product: float) -> float:
    return 1 / product if product else float("inf")
