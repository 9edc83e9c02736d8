"""The diagnosis in words: what a run suffers from, the evidence, and what to try, most important first."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from figures.runs import literal, remedy_help, since_words
from figures.theme import GREEN, SKY, VERMILLION
from trainers.diagnosis import KINDS, Finding, Remedy
from widgets import chip

BUTTONS = 3  # remedies in sight; the others are in the drawer

_WAITING = Finding(
    kind="not_enough_evidence",
    name="No report yet",
    confidence=0.5,
    since=0.0,
    alarm=False,
    evidence="The diagnosis begins with the first report.",
    remedies=(),
    span=(0.0, 0.0),
)

# Room for a verdict with its remedies from the beginning: nothing below moves as it arrives. In a narrow window the
# remedies are one row that scrolls.
_STYLE = """<style>
[data-testid="stMain"] { --findings-room: 10.3rem; }
.st-key-KEY-card { min-height: var(--findings-room); gap: .35rem; padding: .7rem 1rem; }
.st-key-KEY-remedies, .st-key-KEY-more-remedies { gap: .5rem; }
@media (max-width: 767.98px) {
    [data-testid="stMain"] { --findings-room: 15.9rem; }
    .st-key-KEY-remedies { flex-wrap: nowrap; overflow-x: auto; }
    .st-key-KEY-remedies > * { flex: none; }
    .st-key-KEY-remedies p { white-space: nowrap; }
}
</style>"""


def findings_style(key: str = "findings") -> None:
    """How a panel looks; said before a panel that comes and goes, so that it has its room at once."""
    st.html(_STYLE.replace("KEY", key))


def findings_panel(
    findings: Sequence[Finding],
    *,
    on_try: Callable[[Finding, Remedy], None] | None = None,
    waiting: str = "",
    others: bool = True,
    key: str = "findings",
) -> None:
    """The first finding as a card, the others folded below it, or elsewhere by ``other_findings``.

    on_try: what a press on a remedy does, as a callback; without it remedies are sentences. waiting: what is said while
    there is no finding. ``key`` keeps two panels on one page apart. Every text is shown as it is: evidence may name a
    user's columns.
    """
    findings_style(key)
    first = findings[0] if findings else replace(_WAITING, evidence=waiting or _WAITING.evidence)
    with st.container(border=True, key=f"{key}-card"):
        st.html(_headline(first) + f'<p style="margin:.2rem 0 0">{html.escape(first.evidence)}</p>')
        # What cannot be tried on this run is still worth knowing.
        tried = [remedy for remedy in first.remedies if on_try and remedy.changes]
        told = [remedy for remedy in first.remedies if remedy not in tried]
        if on_try and tried:
            with st.container(horizontal=True, key=f"{key}-remedies"):
                for number, remedy in enumerate(tried[:BUTTONS]):
                    _try_button(first, remedy, number, on_try, key)
        if on_try is None and told:
            st.html(_sentences(told))
        if first.kind in KINDS and findings:
            with st.expander("Why?", type="compact", key=f"{key}-why"):
                _explain(first)
                if on_try and tried[BUTTONS:]:
                    with st.container(horizontal=True, key=f"{key}-more-remedies"):
                        for number, remedy in enumerate(tried[BUTTONS:], BUTTONS):
                            _try_button(first, remedy, number, on_try, key)
                if on_try and told:
                    st.html(_sentences(told))
    if others:
        other_findings(findings, key=key)


def other_findings(findings: Sequence[Finding], *, key: str = "findings") -> None:
    """All but the first finding, folded."""
    if len(findings) > 1:
        first, *rest = findings
        names = ", ".join(literal(finding.name) for finding in rest)
        with st.expander(f"Also seen: {names}", type="compact", key=f"{key}-others"):
            for finding in rest:
                cause = f" Likely a consequence of: {html.escape(first.name.lower())}." if finding.secondary else ""
                st.html(_headline(finding) + f'<p style="margin:0">{html.escape(finding.evidence)}{cause}</p>')
                _explain(finding)
                if finding.remedies and not finding.secondary:
                    st.html(_sentences(finding.remedies))


def alarm_words(finding: Finding) -> tuple[str, str]:
    """(color of the theme, word) that say whether there is something to do."""
    if finding.alarm:
        return VERMILLION, "Problem"
    return (SKY, "Open") if finding.kind == "not_enough_evidence" else (GREEN, "Fine")


def _headline(finding: Finding) -> str:
    color, word = alarm_words(finding)
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.15rem .7rem;align-items:center">'
        f'<span style="display:inline-flex;gap:.4em;align-items:center;border:1.5px solid {color};'
        f'border-radius:1em;padding:0 .6em;font-size:.85em">{chip(color)}{word}</span>'
        f'<strong style="font-size:1.15em">{html.escape(finding.name)}</strong>'
        f'<span style="opacity:.75">{html.escape(since_words(finding))}</span></div>'
    )


def _sentences(remedies: Sequence[Remedy]) -> str:
    told = " ".join(html.escape(remedy.label) for remedy in remedies)
    return f'<p style="margin:0"><span style="opacity:.75">What helps:</span> {told}</p>'


def _try_button(
    finding: Finding, remedy: Remedy, number: int, on_try: Callable[[Finding, Remedy], None], key: str
) -> None:
    st.button(
        literal(remedy.label.removesuffix(".")),
        key=f"{key}.try.{finding.kind}.{number}",
        type="primary" if number == 0 else "secondary",
        icon=":material/science:" if number == 0 else None,
        help=literal(remedy_help(remedy)),
        on_click=on_try,
        args=(finding, remedy),
        wrap=True,
    )


def _explain(finding: Finding) -> None:
    kind = KINDS.get(finding.kind)
    if kind is None:
        return
    source = f" Source: {kind.reference}." if kind.reference else ""
    st.caption(literal(f"{kind.meaning}{source}"))
