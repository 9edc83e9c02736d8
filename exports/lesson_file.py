"""A lesson as one HTML file that works offline: words beside players of races; of other pages the words and a link."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.lessons import Lesson, Step, reader, step_link
from exports.html import PLAYERS, POLICY
from figures.frontend import FRONTEND, joined_modules
from figures.theme import BLUE, DARK, LIGHT, SKY

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
:root {{
  color-scheme: light dark;
  --st-text-color: {light.text}; --st-background-color: {light.background}; --st-primary-color: {blue};
}}
@media (prefers-color-scheme: dark) {{
  :root {{ --st-text-color: {dark.text}; --st-background-color: {dark.background}; --st-primary-color: {sky}; }}
}}
body {{ margin: 0; padding: 12px 16px; background: var(--st-background-color); color: var(--st-text-color);
  font: 16px/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 17px; font-weight: 600; margin: 0; }}
h2 {{ font-size: 20px; margin: 0 0 8px; }}
a {{ color: var(--st-primary-color); }}
nav {{ display: flex; gap: 10px; align-items: center; margin: 8px 0 12px; }}
nav button {{ min-height: 44px; padding: 0 14px; font: inherit; }}
section {{ display: grid; grid-template-columns: minmax(260px, 1fr) 3fr; gap: 20px; }}
section[hidden] {{ display: none; }}
@media (max-width: 800px) {{ section {{ grid-template-columns: 1fr; }} }}
details {{ margin: 10px 0; }}
pre {{ overflow: auto; }}
body :is(.dl-player) {{ --dl-height: max(420px, calc(100vh - 130px)) !important; }}
{style}
</style>
</head>
<body>
<h1>{title}</h1>
<nav><button id="back">Back</button><span id="place" aria-live="polite"></span><button id="next">Next</button></nav>
{sections}
{scripts}
<script type="module">
const steps = [...document.querySelectorAll("section")];
let shown = 0;
function show(number) {{
  shown = Math.min(steps.length - 1, Math.max(0, number));
  steps.forEach((step, at) => {{ step.hidden = at !== shown; }});
  document.getElementById("back").disabled = shown === 0;
  document.getElementById("next").disabled = shown === steps.length - 1;
  document.getElementById("place").textContent = `${{shown + 1}} of ${{steps.length}}`;
  const host = steps[shown].querySelector(".host");
  if (!host || host.viewer || host.hasAttribute("data-asks")) return;
  host.viewer = window.lessonMounts[host.dataset.ground](host);
  const encoded = atob(steps[shown].querySelector("script").textContent);
  host.viewer.show(Uint8Array.from(encoded, (letter) => letter.charCodeAt(0)));
}}
for (const asked of document.querySelectorAll("details[data-asks]")) {{
  asked.addEventListener("toggle", () => {{
    asked.closest("section").querySelector(".host")?.removeAttribute("data-asks");
    show(shown);
  }});
}}
document.getElementById("back").addEventListener("click", () => show(shown - 1));
document.getElementById("next").addEventListener("click", () => show(shown + 1));
addEventListener("keydown", (event) => {{
  if (event.key === "PageDown" || (event.shiftKey && event.key === "ArrowRight")) show(shown + 1);
  else if (event.key === "PageUp" || (event.shiftKey && event.key === "ArrowLeft")) show(shown - 1);
  else return;
  event.preventDefault();
}});
show(0);
</script>
</body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class StepView:
    """payload: of the player, None for a page without one. ground: what is raced on. fact: answers the question."""

    payload: bytes | None = None
    ground: str = "player"
    fact: str = ""


def lesson_html(lesson: Lesson, views: Mapping[int, StepView], address: str) -> str:
    """The document. views: by the number of the step. address: of the lab (https://lab.example), for links into it."""
    grounds = dict.fromkeys(view.ground for view in views.values() if view.payload is not None)
    scripts = ["<script>window.lessonMounts = {};</script>"]
    for ground in grounds:
        entry, mount = PLAYERS[ground]
        script = joined_modules(entry)
        scripts.append(f'<script type="module">\n{script}\nwindow.lessonMounts["{ground}"] = {mount};\n</script>')
    sections = [
        _section(number, step, views.get(number, StepView()), address) for number, step in enumerate(lesson.steps, 1)
    ]
    return _PAGE.format(
        policy=POLICY,
        title=html.escape(lesson.title),
        style=(FRONTEND / "shared" / "style.css").read_text(encoding="utf-8") if grounds else "",
        sections="\n".join(sections),
        scripts="\n".join(scripts),
        light=LIGHT,
        dark=DARK,
        blue=BLUE,
        sky=SKY,
    )


def _section(number: int, step: Step, view: StepView, address: str) -> str:
    asks = " data-asks" if step.question is not None else ""
    words = [f"<h2>{html.escape(step.title)}</h2>"]
    if step.question is not None:
        answer = _prose("\n\n".join(filter(None, [view.fact, step.question.told])), address)
        words.append(f"<details{asks}><summary>{html.escape(step.question.ask)}</summary>{answer}</details>")
    words.append(_prose(step.text, address))
    if step.hint:
        words.append(f"<details><summary>Hint</summary>{_prose(step.hint, address)}</details>")
    link = html.escape(f"{address}{step_link(step)}", quote=True)
    words.append(f'<p><a href="{link}" rel="noopener">Open this view in the lab</a></p>')
    side = ""
    if view.payload is not None:
        payload = base64.b64encode(view.payload).decode("ascii")
        side = f'<div class="host" data-ground="{view.ground}"{asks}></div>'
        side += f'<script type="application/octet-stream">{payload}</script>'
    return f'<section id="step-{number}" hidden><div>{"".join(words)}</div><div>{side}</div></section>'


def _prose(text: str, address: str) -> str:
    """Markdown as HTML in which HTML stays text; links within the lab lead to where it was when the file was made."""
    markdown = reader()
    tokens = markdown.parse(text)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                target = str(child.attrs.get("href", ""))
                child.attrs = {"href": f"{address}{target}" if target.startswith("/") else target, "rel": "noopener"}
    return str(markdown.renderer.render(tokens, markdown.options, {}))
