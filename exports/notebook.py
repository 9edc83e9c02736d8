"""Pictures of the lab as widgets of a notebook, without a server: live curves with their diagnosis, and the player.

They are the modules that the app and the exported files run. Needs the package anywidget (the extra ``notebook``).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from figures.frontend import FRONTEND, joined_modules
from figures.live import live_payload
from figures.theme import BLUE, DARK, LIGHT, SKY
from trainers.diagnosis import Finding, diagnose
from trainers.imported import watched_of

if TYPE_CHECKING:
    from experiments.race import RaceResult
    from trainers.diagnosis import History

_CSS = f"""
.dl-notebook {{
  color-scheme: light dark;
  --st-text-color: {LIGHT.text};
  --st-background-color: {LIGHT.background};
  --st-primary-color: {BLUE};
  background: var(--st-background-color);
  color: var(--st-text-color);
  font-family: system-ui, sans-serif;
}}
@media (prefers-color-scheme: dark) {{
  .dl-notebook {{
    --st-text-color: {DARK.text};
    --st-background-color: {DARK.background};
    --st-primary-color: {SKY};
  }}
}}
.dl-notebook ul {{ margin: 0 0 8px; padding-left: 1.2em; }}
"""


def diagnosis_widget(history: History, name: str = "curves") -> Any:
    """The verdicts on a training in words, above its curves. ``show_diagnosis`` puts others into the same widget.

    Raises:
        ImportError: anywidget is not installed.
    """
    made = _viewer("notebook/live.js")()
    show_diagnosis(made, history, name)
    return made


def show_diagnosis(widget: Any, history: History, name: str = "curves") -> None:
    """The curves as they are now, in a widget that is shown already: in a loop, after each epoch."""
    findings = diagnose(history)
    with widget.hold_sync():
        widget.words = [_sentence(finding) for finding in findings]
        widget.payload = live_payload([watched_of(history, findings, name)], picture=False)


def race_widget(result: RaceResult) -> Any:
    """A race to play, in a notebook. Raises ImportError where anywidget is not installed."""
    from figures.race import player_payload

    return _viewer("notebook/player.js")(payload=player_payload(result))


def _sentence(finding: Finding) -> str:
    tries = " ".join(remedy.label for remedy in finding.remedies)
    return f"{finding.name}: {finding.evidence}" + (f" To try: {tries}" if tries else "")


@cache
def _viewer(entry: str) -> Any:
    import anywidget
    import traitlets

    class Viewer(anywidget.AnyWidget):
        _esm = joined_modules(entry, exporting=True)
        _css = (FRONTEND / "shared/style.css").read_text(encoding="utf-8") + _CSS
        payload = traitlets.Bytes().tag(sync=True)
        words = traitlets.List(traitlets.Unicode()).tag(sync=True)

    return Viewer
