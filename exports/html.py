"""Player and live curves as one HTML file that works offline: its modules joined, its payload in base64."""

from __future__ import annotations

import base64
import html

from figures.frontend import FRONTEND, joined_modules
from figures.theme import BLUE, DARK, LIGHT, SKY

# Nothing from a network: the browser itself refuses to fetch.
POLICY = "connect-src 'none'; font-src 'none'; frame-src 'none'; img-src blob: data:"

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
  --st-text-color: {light.text};
  --st-background-color: {light.background};
  --st-primary-color: {blue};
}}
@media (prefers-color-scheme: dark) {{
  :root {{ --st-text-color: {dark.text}; --st-background-color: {dark.background}; --st-primary-color: {sky}; }}
}}
body {{
  margin: 0;
  padding: 12px;
  background: var(--st-background-color);
  color: var(--st-text-color);
  font-family: system-ui, sans-serif;
}}
h1 {{ font-size: 17px; font-weight: 600; margin: 0 0 8px; }}
body :is(.dl-player, .dl-live) {{ --dl-height: max(460px, calc(100vh - 56px)) !important; }}
{style}
</style>
</head>
<body>
<h1>{title}</h1>
<div id="host"></div>
<script type="application/octet-stream" id="payload">{payload}</script>
<script type="module">
{script}
const host = document.getElementById("host");
const shown = {mount}(host);
onFailure(host, (error) => {{
  shown.destroy();
  host.replaceWith(failureNotice(error, () => location.reload()));
}});
guard(host, () => {{
  const encoded = atob(document.getElementById("payload").textContent);
  shown.show(Uint8Array.from(encoded, (letter) => letter.charCodeAt(0)));
}})();
window.{name} = shown;
</script>
</body>
</html>
"""


PLAYERS = {
    "player": ("race/player.js", "mount"),
    "line": ("line/player.js", "mountLine"),
    "neuron": ("neuron/player.js", "mountNeuron"),
    "live": ("live/curves.js", "mountLive"),
    "maps": ("maps/maps.js", "mount"),
    "losses": ("losses/losses.js", "mount"),
    "convexity": ("convexity/convexity.js", "mount"),
    "graph": ("derivatives/graph.js", "mount"),
}
"""What plays: the module of each, and what mounts it."""
_DRAGGED = "shared/plots.css"
STYLES = dict.fromkeys(PLAYERS, "shared/style.css") | {
    "maps": "maps/maps.css",
    "losses": _DRAGGED,
    "convexity": _DRAGGED,
}
"""The style sheet of each."""


def standalone_html(payload: bytes, title: str, ground: str = "player") -> str:
    """One HTML document that plays the race without a network. ``payload`` is from ``player_payload``.

    ground: what is raced on: ``player`` in the plane, ``line`` on a line, ``neuron`` on the loss of one neuron, whose
    payload is completed by ``neuron_payload``.
    """
    return _page(payload, title, *PLAYERS[ground], "descentPlayer")


def live_page(payload: bytes, title: str) -> str:
    """One HTML document with live curves as they stood, without a network. ``payload`` is from ``live_payload``."""
    return _page(payload, title, "live/curves.js", "mountLive", "descentLive")


def _page(payload: bytes, title: str, entry: str, mount: str, name: str) -> str:
    return _PAGE.format(
        policy=POLICY,
        title=html.escape(title),
        style=(FRONTEND / "shared" / "style.css").read_text(encoding="utf-8"),
        payload=base64.b64encode(payload).decode("ascii"),
        script=joined_modules(entry),
        mount=mount,
        light=LIGHT,
        dark=DARK,
        blue=BLUE,
        sky=SKY,
        name=name,
    )
