"""Text of a link, a file, a column or a name is shown as text: no page hands it to Streamlit as Markdown or HTML."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from settings import Text
from tests.pages.opened_page import ROOT, link, opened_page
from tests.pages.shown_text import live_texts
from tests.trainers.labs import quick, quiet_lab, work
from trainers import keep_upload
from trainers.config import RunConfig
from trainers.lab.lab import Lab

# Each is alive where it stands in Markdown or HTML as it is.
LIVE = (
    "![p](http://x.example/y.png)",
    "[Sign in](http://x.example)",
    "<img src=x onerror=alert(1)>",
    "$\\href{http://x}{y}$",
    ":red[x]",
    ":material/x:",
    "`x`",
    "**x**",
    "http://x.example/",
)
_TAGS = ("<img src=x onerror=alert(1)>",)  # in HTML nothing else is alive
# What people may enter at most as a name; together they hold every one of the above.
NAMES = (
    "![p](http://x.example/y.png) [Sign in](http://x.example)",
    "<img src=x onerror=alert(1)> `x` **x** :red[x]",
    "$\\href{http://x}{y}$ :material/x: http://x.example/\n# head",
)
SHOWN = 5
PAGES = (
    "descent",
    "line",
    "maps",
    "fair",
    "derivatives",
    "activations",
    "initialization",
    "normalization",
    "neuron",
    "losses",
    "generalization",
    "training",
    "search",
    "runs",
    "surface",
    "join",
    "reuse",
)
OTHERS = {
    "join": ["room"],
    "descent": [
        "f",
        "surface",
        "o1",
        "o1.lr",
        "o1.schedule",
        "x_low",
        "s.a",
        "v.memory",
        "v.lane",
        "v.step",
        "v.picture",
    ],
    "line": ["f", "surface", "o1", "o1.lr", "o1.schedule", "window", "start", "s.t", "v.memory", "v.lane", "v.step"],
    "maps": ["f", "surface", "o1", "o1.lr", "o2", "x_low", "at_x", "across", "tolerance"],
    "fair": ["rules", "steps", "trials", "search", "draw", "noise", "f", "window", "s.a"],
    "neuron": [
        "part",
        "row",
        "a",
        "b",
        "t",
        "s.data",
        "s.kind",
        "s.first",
        "s.second",
        "s.scaled",
        "s.offset",
        "o1",
        "start",
        "sight",
        "classes",
        "ax",
        "decay",
        "measured",
        "fitted",
        "mix",
        "lambda",
        "form",
    ],
    "surface": ["runs", "preset", "plane", "reach", "points", "rows", "seed", "shown", "log", "view"],
    "reuse": [
        "part",
        "source",
        "run",
        "target",
        "network",
        "pair",
        "second",
        "rows",
        "factor",
        "seeds",
        "weight",
        "shown",
    ],
    "losses": ["part", "loss", "delta", "epsilon", "ox", "oy", "shift", "p", "true"],
    "generalization": [
        "part",
        "truth",
        "capacity",
        "functions",
        "rows",
        "noise",
        "ridge",
        "drop",
        "say",
        "epoch",
        "penalties",
        "rotation",
        "seed",
    ],
    "derivatives": [
        "f",
        "formula",
        "x0",
        "log_h",
        "g",
        "expression",
        "mode",
        "in.w",
        "seed",
        "step",
        "form",
        "rate",
        "n",
    ],
    "runs": ["view", "q", "statuses", "data", "verdicts", "searched", "sort", "page", "runs", "number", "x"],
    "training": ["run", *RunConfig().settings()],
    "search": ["part", "lowest", "highest", "x", "x.values", "beside", "trial", *RunConfig().settings()],
}


def alive(app: AppTest) -> list[tuple[str, str]]:
    """What stands there as Markdown or HTML, of the texts of an enemy."""
    return [
        (where, each)
        for where, text in live_texts(app)
        for each in (_TAGS if where == "Html.body" else (*LIVE, "\n# head"))
        if each in text
    ]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab whose runs wait until the test works on them."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    own = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


@pytest.mark.parametrize("place", LIVE)
def test_the_walk_over_a_page_hears_what_is_alive(tmp_path: Path, place: str):
    page = tmp_path / "page.py"
    page.write_text(
        f"import streamlit as st\ntext = {place!r}\nst.caption('a')\nst.button('b', help=text)\n"
        "with st.sidebar, st.expander(text):\n    st.segmented_control('c', [1], format_func=lambda _: text)\n"
        "st.error(text)\nst.html('<p>' + text)\nst.progress(0.5, text)\nst.selectbox(text, [text])\n",
        encoding="utf-8",
    )
    places = {where for where, text in alive(opened_page(page)) if text == place}
    assert {"Button.help", "Expandable.label", "Option.content", "Alert.body", "Selectbox.label"} <= places
    assert "Html.body" in places or not place.startswith("<")
    assert "Selectbox.options" not in places


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", NAMES)
def test_a_link_shows_its_text_as_text(lab: Lab, page: str, text: str):
    file = f"pages/{page}.py"
    names = {*link(opened_page(file)), *OTHERS.get(page, [])} - {"view"}
    app = opened_page(file, {**dict.fromkeys(names, text), text: text})
    assert not app.exception
    assert app.warning, "the link cannot be used: it says so"
    assert not alive(app)
    ordered = sorted(names)
    for few in (ordered[at : at + SHOWN] for at in range(0, len(ordered), SHOWN)):  # as many as one page tells of
        app = opened_page(file, dict.fromkeys(few, text))
        assert not app.exception
        assert not alive(app), few


@pytest.mark.parametrize("text", NAMES)
def test_a_view_or_a_formula_of_a_link_is_text(lab: Lab, text: str):
    for page, query in (
        ("descent", {"surface": "formula", "f": text}),
        ("descent", {"f": f"x + {text}", "surface": "formula"}),
        ("line", {"surface": "formula", "f": text}),
        ("maps", {"surface": "formula", "f": text}),
        ("maps", {"view": text}),
        ("runs", {"view": text}),
        ("runs", {"runs": f"{text},abc", "number": text}),
        ("activations", {"view": text}),
        ("derivatives", {"f": "own", "formula": text, "view": text}),
        ("derivatives", {"view": "graph", "g": "own", "expression": text}),
        ("normalization", {"view": text}),
    ):
        assert not alive(opened_page(f"pages/{page}.py", query))


@pytest.mark.parametrize("text", NAMES)
def test_a_run_s_name_role_and_sentences_are_text(lab: Lab, text: str):
    together = lab.store.create_experiment(text, "preset").id
    runs = [
        lab.store.create(quick({"optimizer.lr": rate}), name=text, experiment=together, role=f"{text}"[:60])
        for rate in (0.01, 0.02)
    ]
    work(lab.store, runs[0].id)
    for status in ("failed", "stopped", "interrupted"):
        one = lab.store.create(quick(), name=text, status=status, sentence=text)
        assert not alive(opened_page("pages/training.py", {"run": one.id})), status
    for page, query in (
        ("training", {"run": runs[0].id}),
        ("runs", {}),
        ("runs", {"runs": f"{runs[0].id},{runs[1].id}"}),
    ):
        assert not alive(opened_page(f"pages/{page}.py", query)), query
    for dialog in ("rename", "delete"):
        app = AppTest.from_file(ROOT / "app.py", default_timeout=300)
        app.switch_page("pages/runs.py")
        app.session_state["runs.selected"] = [runs[0].id]
        app.session_state["runs.dialog"] = dialog
        app.run()
        assert not app.exception
        assert not alive(app), dialog


@pytest.mark.parametrize("text", NAMES)
def test_a_remedy_that_is_tried_shows_its_claim_as_text(lab: Lab, text: str):
    claim = {"kind": "overfitting", "evidence": text, "label": text, "note": text, "epoch": 0}
    together = lab.store.create_experiment(text, "remedy", claim).id
    first, _ = [lab.store.create(quick(), experiment=together, role=role) for role in ("unchanged", "remedied")]
    assert not alive(opened_page("pages/training.py", {"run": first.id}))


def _table(text: str) -> bytes:
    """A table whose columns and classes are named by an enemy; one of its columns gives the class away."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{text} 1", f"{text} 2", f"{text} 3"])
    writer.writerows([k, f"{text}{'ab'[k % 2]}", f"{text}{'cd'[k % 2]}"] for k in range(60))
    return out.getvalue().encode()


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize(
    "changes", [{}, {"data.task": "regression"}, {"data.target": "?"}], ids=["", "number", "column"]
)
def test_columns_classes_and_files_of_a_table_are_text(lab: Lab, text: str, changes: dict[str, Any]):
    changes = {name: text if value == "?" else value for name, value in changes.items()}
    run = lab.store.create(quick({"data.name": "csv", "data.file": keep_upload(_table(text)), **changes}), name=text)
    work(lab.store, run.id)
    assert not alive(opened_page("pages/training.py", {"run": run.id}))
    app = opened_page("pages/training.py", {"data.name": "csv"})
    app.file_uploader[0].set_value((f"{text}.csv", _table(text), "text/csv")).run()
    assert not app.exception
    assert not alive(app)
    app.file_uploader[0].set_value((f"{text}.csv", b"\0\1", "text/csv")).run()
    assert not app.exception
    assert not alive(app)


@pytest.mark.parametrize("text", NAMES)
def test_curves_from_outside_are_text(lab: Lab, text: str):
    flat = text.replace("\n", " ")
    rows = [f'epoch,loss,val_loss,"{flat}"', *(f"{k},{1 / (k + 1)},{0.3 + k / 50},{k}" for k in range(30))]
    texts = [
        "\n".join(rows),
        f'"{flat}",b\n1,x\n',
        f'{{"{flat}": [',
        f"{text}\n{text}",
        f'{{"loss": ["{flat}"]}}'.replace("\\", "\\\\"),
    ]
    for content in texts:
        app = opened_page("pages/runs.py", {"view": "import"})
        app.text_area[0].set_value(content).run()
        assert not app.exception
        assert not alive(app), content
        app = opened_page("pages/runs.py", {"view": "import"})
        app.file_uploader[0].set_value([(f"{flat}.csv", content.encode(), "text/csv")]).run()
        assert not app.exception
        assert not alive(app), content


def test_every_text_that_a_setting_takes_is_tried():
    """What may hold any text at all, in the configuration of a run: a new one belongs into these tests by itself."""
    texts = {name for name, setting in RunConfig().settings().items() if isinstance(setting, Text)}
    assert texts <= set(OTHERS["training"])


# Calls of Streamlit's that read a text as Markdown or HTML, and where else than first a text stands in them.
_READS = set(
    re.findall(
        r"\w+",
        """markdown caption error warning info success html toast progress metric expander button segmented_control
        pills radio toggle checkbox selectbox multiselect text_input text_area number_input slider select_slider
        file_uploader download_button page_link link_button popover title header subheader write latex""",
    )
)
_TEXTS = {"help", "label", "body", "text", "title"}
# What may hold a text of somebody else, as it is called in pages.
_THEIRS = set(
    re.findall(
        r"\w+",
        """error run runs finding remedy claim judged uploaded table column curves read problem told experiment title_of
        query""",
    )
)
_SHOWN_AS_TEXT = {"literal", "escape", "readable", "_headline", "_sentences", "side_by_side_html", "len", "sum"}
# Numbers and words of our own.
_OURS = {"overview_sentence(table)", "run.metric_name.capitalize()", "icon[judged.held]", "share_done(run)"}


def _quoted(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of a text that are put in as they are."""
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and part.format_spec is None:
                yield from _quoted(part.value)
    elif isinstance(node, ast.BinOp):
        yield from (*_quoted(node.left), *_quoted(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*_quoted(node.body), *_quoted(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (part for each in node.values for part in _quoted(each))
    elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _SHOWN_AS_TEXT:
        return
    elif not isinstance(node, ast.Constant):
        yield node


def _unescaped(source: str) -> list[str]:
    """Every text of somebody else that this source gives to Streamlit as it is: (line) expression."""
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READS
    ]
    return [
        f"({call.lineno}) {ast.unparse(part)}"
        for call in calls
        for text in (*call.args[:1], *(word.value for word in call.keywords if word.arg in _TEXTS))
        for part in _quoted(text)
        if {node.id for node in ast.walk(part) if isinstance(node, ast.Name)} & _THEIRS
        and ast.unparse(part) not in _OURS
        if not _counts(part)
    ]


def _counts(part: ast.expr) -> bool:
    """Whether this is a join of formatted numbers: nothing in it is put in as it is."""
    texts = [node for node in ast.walk(part) if isinstance(node, ast.FormattedValue)]
    return isinstance(part, ast.Call) and bool(texts) and isinstance(part.args[0], ast.GeneratorExp)


def test_the_reading_of_a_source_tells_what_is_escaped():
    assert _unescaped("st.error(f'No: {error}')") == ["(1) error"]
    assert _unescaped("st.button('a', help=run.name)") == ["(1) run.name"]
    assert _unescaped("place.caption('a' + title_of(run) if run else '')") == ["(1) title_of(run)"]
    assert not _unescaped(
        "st.error(literal(f'No: {error}')); st.html(html.escape(run.name)); st.caption(f'{run.rows:,}')"
    )


@pytest.mark.parametrize("path", sorted([*(ROOT / "pages").rglob("*.py"), *(ROOT / "widgets").rglob("*.py")]), ids=str)
def test_a_text_of_somebody_else_reaches_streamlit_through_the_one_place_that_escapes(path: Path):
    assert not _unescaped(path.read_text(encoding="utf-8"))
