"""A lesson as one HTML file that works offline: words beside what plays, beside pictures, or beside why there are none.

A picture is there four times, for light and dark and for wide and narrow windows; the browser takes the one that fits.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.lessons import Lesson, Step, reader, step_link
from exports.html import PLAYERS, POLICY, STYLES
from figures.frontend import FRONTEND, joined_modules
from figures.theme import BLUE, DARK, LIGHT, SKY

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
{base}<style>
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
section > div {{ min-width: 0; }}
section[hidden] {{ display: none; }}
@media (max-width: 800px) {{ section {{ grid-template-columns: 1fr; }} }}
details {{ margin: 10px 0; }}
pre {{ overflow: auto; }}
.ask {{ font-weight: 600; }}
math {{ overflow-x: auto; overflow-y: hidden; max-width: 100%; }}
body :is(.dl-player, .dl-live):not(.dl-walk) {{ --dl-height: max(420px, calc(100vh - 130px)) !important; }}
figure {{ margin: 0 0 20px; }}
figure img {{ display: block; width: 100%; height: auto; border-radius: 4px; }}
figcaption {{ font-size: 14px; opacity: .8; padding-top: 4px; }}
[data-asks] > .view {{ visibility: hidden; height: 0; overflow: hidden; }}
div:not([data-asks]) > .waits {{ display: none; }}
.none {{ border: 1px solid color-mix(in srgb, var(--st-text-color) 25%, transparent); border-radius: 8px;
  padding: 16px; }}
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
  const asks = steps[shown].querySelector("[data-asks]");
  const host = steps[shown].querySelector(".host");
  if (!host || host.viewer || asks) return;
  host.viewer = window.lessonMounts[host.dataset.ground](host);
  const encoded = atob(steps[shown].querySelector("script").textContent);
  host.viewer.show(Uint8Array.from(encoded, (letter) => letter.charCodeAt(0)));
}}
for (const asked of document.querySelectorAll("details.asks")) {{
  asked.addEventListener("toggle", () => {{
    asked.closest("section").querySelector("[data-asks]")?.removeAttribute("data-asks");
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


MOST_BYTES = 24_000_000
"""Of pictures and payloads in one file; what comes after is said to be in the lab."""
NARROW = 800  # CSS pixels, below which words and picture stand below each other
_TOO_LARGE = "The file would become too large with this picture. Open it in the lab."


@dataclass(frozen=True, kw_only=True)
class StepPicture:
    """alt: what it shows, in words. Each a standalone SVG: for a wide and for a narrow window, both light and dark."""

    alt: str
    wide: tuple[str, str]
    narrow: tuple[str, str]

    @property
    def size(self) -> int:
        return sum(map(len, (*self.wide, *self.narrow)))


@dataclass(frozen=True, kw_only=True)
class StepView:
    """payload: of what plays, None for nothing. ground: how it plays, a key of ``PLAYERS``. fact: answers the question.

    choices: of the question, if there are some to choose from. pictures: what there is to see where nothing plays.
    missing: why there is neither, a sentence.
    """

    payload: bytes | None = None
    ground: str = "player"
    fact: str = ""
    choices: tuple[str, ...] = ()
    pictures: tuple[StepPicture, ...] = ()
    missing: str = ""

    @property
    def size(self) -> int:
        """Characters that it takes in the file before they are written in base64."""
        return len(self.payload or b"") + sum(picture.size for picture in self.pictures)


def lesson_html(lesson: Lesson, views: Mapping[int, StepView], address: str) -> str:
    """The document. views: by the number of the step. address: of the lab (https://lab.example), for links into it."""
    views = _bounded(views)
    grounds = dict.fromkeys(view.ground for view in views.values() if view.payload is not None)
    scripts = ["<script>window.lessonMounts = {};</script>"]
    for ground in grounds:
        entry, mount = PLAYERS[ground]
        script = joined_modules(entry)
        scripts.append(f'<script type="module">\n{script}\nwindow.lessonMounts["{ground}"] = {mount};\n</script>')
    styles = dict.fromkeys(STYLES[ground] for ground in grounds)
    sections = [
        _section(number, step, views.get(number, StepView()), address) for number, step in enumerate(lesson.steps, 1)
    ]
    return _PAGE.format(
        policy=POLICY,
        title=html.escape(lesson.title),
        base=f'<base href="{html.escape(address, quote=True)}/">\n' if address else "",
        style="\n".join((FRONTEND / name).read_text(encoding="utf-8") for name in styles),
        sections="\n".join(sections),
        scripts="\n".join(scripts),
        light=LIGHT,
        dark=DARK,
        blue=BLUE,
        sky=SKY,
    )


def _bounded(views: Mapping[int, StepView]) -> dict[int, StepView]:
    """Pictures from the first step on, as many as a file may hold."""
    kept, left = {}, MOST_BYTES
    for number, view in sorted(views.items()):
        left -= view.size
        kept[number] = (
            view if left >= 0 or not view.size else StepView(fact=view.fact, choices=view.choices, missing=_TOO_LARGE)
        )
        left += view.size if left < 0 else 0
    return kept


def _section(number: int, step: Step, view: StepView, address: str) -> str:
    asks = " data-asks" if step.question is not None else ""
    words = [f"<h2>{html.escape(step.title)}</h2>"]
    if step.question is not None:
        answer = _prose("\n\n".join(filter(None, [view.fact, step.question.told])), address)
        words.append(f'<div class="ask">{_prose(step.question.ask, address)}</div>')
        if view.choices:
            words.append(f"<ol>{''.join(f'<li>{html.escape(choice)}</li>' for choice in view.choices)}</ol>")
        words.append(f'<details class="asks"><summary>The answer</summary>{answer}</details>')
    words.append(_prose(step.text, address))
    if step.hint:
        words.append(f"<details><summary>Hint</summary>{_prose(step.hint, address)}</details>")
    link = html.escape(f"{address}{step_link(step)}", quote=True)
    words.append(f'<p><a href="{link}" rel="noopener">Open this view in the lab</a></p>')
    side = "".join(_figure(picture) for picture in view.pictures)
    if view.payload is not None:
        payload = base64.b64encode(view.payload).decode("ascii")
        side = f'<div class="host" data-ground="{view.ground}"></div>'
        side += f'<script type="application/octet-stream">{payload}</script>'
    elif not side and view.missing:
        side = f'<p class="none">{html.escape(view.missing)} <a href="{link}" rel="noopener">Open it</a></p>'
    waits = (
        '<p class="none waits">The picture comes with the answer.</p>' if asks and (side and not view.missing) else ""
    )
    side = f'{waits}<div class="view">{side}</div>'
    return f'<section id="step-{number}" hidden><div>{"".join(words)}</div><div{asks}>{side}</div></section>'


def _figure(picture: StepPicture) -> str:
    """A picture that the browser chooses among four."""
    wide, narrow = (tuple(map(_data, pair)) for pair in (picture.wide, picture.narrow))
    small, dark = f"(max-width: {NARROW}px)", "(prefers-color-scheme: dark)"
    sources = [(f"{small} and {dark}", narrow[1]), (small, narrow[0]), (dark, wide[1])]
    offered = "".join(f'<source media="{when}" srcset="{data}">' for when, data in sources)
    alt = html.escape(picture.alt, quote=True)
    shown = f'<picture>{offered}<img src="{wide[0]}" alt="{alt}"></picture>'
    return f"<figure>{shown}<figcaption>{html.escape(picture.alt)}</figcaption></figure>"


def _data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')}"


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
