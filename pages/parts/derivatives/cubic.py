"""Five forms: one cubic fitted to sin x by five scripts that give the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from experiments.derivatives import FORMS, STARTS, drawn_start, fitted
from exports.derivatives import form_script, forms_zip
from figures.derivatives import cubic_figure, cubic_sentence, cubic_table, loss_figure
from widgets import LinkedState, picture


def cubic_controls(linked: LinkedState, values: Mapping[str, Any]) -> None:
    """Rate, steps, rows and start."""
    linked.control("rate", label="Learning rate")
    linked.control("steps", label="Steps")
    linked.control("rows", label="Rows")
    linked.control("start", label="Start", names=STARTS)
    linked.control("draw", exact=True, label="Draw of the start")


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    start = drawn_start(values["draw"]) if values["start"] == "shared" else None
    return {"start": start, "seed": values["draw"]} | {name: values[name] for name in ("rate", "steps", "rows")}


def cubic_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """The form that is shown, and all five."""
    settings = _settings(values)
    return [
        (f"Script, {FORMS[values['form']]}", "py", "text/x-python", partial(form_script, values["form"], **settings)),
        ("All five scripts, ZIP", "zip", "application/zip", partial(forms_zip, **settings)),
    ]


def cubic_part(linked: LinkedState, values: Mapping[str, Any], dark: bool) -> None:
    """The fit, its loss, the four numbers, and the code."""
    fit = fitted(drawn_start(values["draw"]), values["rate"], values["steps"], values["rows"])
    left, right = st.columns(2)
    with left:
        linked.one_of("form", values["form"], "Form of code", FORMS)
        st.code(form_script(values["form"], **_settings(values)), language="python", height=470)
    with right:
        picture(
            cubic_figure(fit, dark=dark),
            "cubic",
            "sin x, the cubic after descent, dotted the one at the start, dashed the least squares one.",
        )
        picture(loss_figure(fit, dark=dark), "loss", "Sum of squared errors by step, and dashed that of least squares.")
    st.markdown(cubic_sentence(fit, values["rate"], values["steps"]))
    st.dataframe(cubic_table(fit, values["steps"]), hide_index=True)
    if values["start"] == "own":
        st.caption("Shown: NumPy's own start. The other forms draw others, as their libraries do, and end nearby.")
    else:
        st.caption("All five forms begin here and end within 10⁻¹⁰ of these numbers, where the rate is not too large.")
