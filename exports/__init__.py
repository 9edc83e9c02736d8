"""What leaves the lab: HTML files, scripts, CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from exports.fair import fair_csv as fair_csv
    from exports.fair import fair_script as fair_script
    from exports.html import standalone_html as standalone_html
    from exports.lesson_file import StepPicture as StepPicture
    from exports.lesson_file import StepView as StepView
    from exports.lesson_file import lesson_html as lesson_html
    from exports.live import curves_csv as curves_csv
    from exports.live import live_html as live_html
    from exports.many_rows import many_rows_script as many_rows_script
    from exports.neuron import neuron_csv as neuron_csv
    from exports.normalization import normalization_script as normalization_script
    from exports.notebook import diagnosis_widget as diagnosis_widget
    from exports.notebook import race_widget as race_widget
    from exports.notebook import show_diagnosis as show_diagnosis
    from exports.pictures import pictures_csv as pictures_csv
    from exports.race_csv import paths_csv as paths_csv
    from exports.race_script import python_script as python_script
    from exports.race_script import rule_code as rule_code
    from exports.run_script import script as script
    from exports.runs import configs_json as configs_json
    from exports.runs import reports_csv as reports_csv
    from exports.runs import script_or_reason as script_or_reason
    from exports.runs import scripts_file as scripts_file
    from exports.signals import signals_csv as signals_csv
    from exports.sweeps import rates_csv as rates_csv
    from exports.sweeps import rates_script as rates_script
    from exports.sweeps import sweep_csv as sweep_csv
    from exports.sweeps import sweep_curves_csv as sweep_curves_csv
    from exports.sweeps import sweep_script as sweep_script
    from exports.torch_calls import torch_call as torch_call

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "fair": {
            "fair_csv": "One row a rule and start: what was chosen, f at the end, the share of the way that is left, "
            "what solving cost.",
            "fair_script": "The source of a script that runs the race of this link and prints what each rule chose "
            "and solved.",
        },
        "html": {
            "standalone_html": "One HTML document that plays the race without a network.",
        },
        "lesson_file": {
            "StepPicture": "A picture of a step for light and dark, wide and narrow windows.",
            "StepView": "What a file holds of a step's view.",
            "lesson_html": "One HTML document with all steps of a lesson, without a network.",
        },
        "live": {
            "live_html": "One HTML document that shows the curves without a network.",
            "curves_csv": "All complete reports of the runs, in full precision; empty cells stand for what "
            "was not measured.",
        },
        "many_rows": {
            "many_rows_script": "Least squares on many rows as a script that needs NumPy alone.",
        },
        "neuron": {
            "neuron_csv": "Every row at the weights of every optimizer, forward and backward.",
        },
        "normalization": {
            "normalization_script": "The part that is shown.",
        },
        "notebook": {
            "diagnosis_widget": "Verdicts and curves of a training as a widget of a notebook.",
            "race_widget": "The player of a race as a widget of a notebook.",
            "show_diagnosis": "Other curves in a widget that is shown already.",
        },
        "pictures": {
            "pictures_csv": "Every point of every trace of Plotly's pictures, one row each.",
        },
        "race_csv": {
            "paths_csv": "Every lane's every step, one row each, in full float precision (RFC 4180, lines "
            "end with CRLF).",
        },
        "race_script": {
            "python_script": "The source of a script that runs the same race and prints where everybody ends.",
            "rule_code": "A rule's own step, with what it calls in its own module.",
        },
        "run_script": {
            "script": "The text of the script.",
        },
        "runs": {
            "configs_json": "The configuration of one run, as ``RunConfig.from_json`` reads it, or a list of "
            "runs with theirs.",
            "reports_csv": "Every report of every run, one row each, in full precision (RFC 4180); empty "
            "where nothing was measured.",
            "script_or_reason": "The script of a run, or comments that say why there is none.",
            "scripts_file": "The script of one run as text, or a ZIP of ``run-<id>.py`` files.",
        },
        "signals": {
            "signals_csv": "Every measured number of every set-up, one row a layer.",
        },
        "sweeps": {
            "rates_csv": "One row a step of both ways to a rate: its rate and its training loss.",
            "rates_script": "The source of a script that looks for a rate as the lab does.",
            "sweep_csv": "One row a trial: its values by dotted name, how it ended, what it was worth, and its runs.",
            "sweep_curves_csv": "One row an epoch of each trial of a search.",
            "sweep_script": "The source of a script that searches the same: the same proposals and, on a CPU, the "
            "same losses.",
        },
        "torch_calls": {
            "torch_call": "How PyTorch writes a rule with these hyperparameters, where it has it.",
        },
    },
)
