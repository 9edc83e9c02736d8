"""The findings panel: the first finding in sight, remedies as buttons, the rest folded, every text as it is."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def panel() -> None:
    """Finding and remedies as a page shows them; what was pressed stands in the session."""
    import streamlit as st

    from pages.parts.findings import findings_panel
    from trainers.diagnosis.findings import Finding, Remedy

    def finding(kind: str, name: str, **more) -> Finding:
        parts = {"confidence": 0.95, "since": 14.0, "evidence": "Loss rises.", "remedies": (), "span": (14.0, 20.0)}
        return Finding(kind=kind, name=name, **{**parts, **more})

    def pressed(finding: Finding, remedy: Remedy) -> None:
        st.session_state.pressed = (finding.kind, dict(remedy.changes), remedy.start)

    remedies = tuple(
        Remedy(label=f"Take {value}.", changes={"model.dropout": value}, start="best") for value in (0.1, 0.2, 0.3, 0.4)
    )
    useless = Remedy(label="Look at :material/home: *closely*.")
    first = finding("overfitting", "Overfitting", remedies=(*remedies, useless), evidence="<b>0.4</b> to 0.6.")
    second = finding("slow", "Slow", secondary=True, confidence=0.6)
    tries = st.session_state.get("tries", True)
    shown = st.session_state.get("shown", [first, second])
    findings_panel(shown, on_try=pressed if tries else None)


def shown(**state: object) -> AppTest:
    app = AppTest.from_function(panel, default_timeout=300)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return " ".join(part.proto.body for part in app.get("html"))


def test_a_press_on_a_remedy_tries_that_remedy() -> None:
    app = shown()
    assert [button.label for button in app.button] == [f"Take 0\\.{i}" for i in (1, 2, 3, 4)]
    app.button(key="findings.try.overfitting.1").click().run()
    assert app.session_state.pressed == ("overfitting", {"model.dropout": 0.2}, "best")


def test_a_remedy_tells_what_it_changes_and_where_it_begins() -> None:
    told = shown().button(key="findings.try.overfitting.0").help.replace("\\", "")
    assert told == "Goes on from its best epoch twice: unchanged, and with Dropout 0.1. Both are drawn together."


def test_without_a_run_to_fork_remedies_are_sentences() -> None:
    app = shown(tries=False)
    assert not app.button
    assert "Take 0.1. Take 0.2." in text(app)


def test_evidence_and_labels_are_shown_as_they_are() -> None:
    told = text(shown())
    assert "&lt;b&gt;0.4&lt;/b&gt; to 0.6." in told
    assert "<b>" not in told
    assert "Look at :material/home: *closely*." in told  # as HTML, where it means nothing


def test_kind_confidence_and_cause_are_told_in_words() -> None:
    told = text(shown())
    assert "Overfitting</strong>" in told
    assert "since epoch 14 · very clear" in told
    assert "Problem" in told
    assert "Likely a consequence of: overfitting." in told


def test_before_the_first_report_the_panel_keeps_its_place() -> None:
    app = shown(shown=[])
    assert "No report yet" in text(app)
    assert not app.expander
