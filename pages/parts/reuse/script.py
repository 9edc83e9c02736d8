"""The script of a study: of its own, or where it begins with a run's weights that of a run which is fine-tuned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.reuse import request_of, reuse_code
from exports import script_or_reason
from trainers.lab import the_lab, why_no_study
from trainers.transfers import TransferRequest


def study_script(values: Mapping[str, Any]) -> str:
    """Python text, or comments that say why there is none."""
    request = request_of(values)
    if not isinstance(request, TransferRequest) or not request.run:
        return reuse_code(request)
    store = the_lab().store
    run, why = store.run(request.run), why_no_study(store, request)
    if why or run is None or run.config is None:
        return f"# There is no script: {why}\n"
    config = request.target("tuned", int(values["rows"]), 0, run.config)
    return script_or_reason(config.changed({"reuse.run": run.id}))
