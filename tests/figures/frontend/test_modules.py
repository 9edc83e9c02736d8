"""Modules come after those they import, and what cannot share one scope is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from figures.frontend import FRONTEND, import_order, joined_modules

ENTRIES = [
    "address/visit.js",
    "classroom/classroom.js",
    "race/player.js",
    "live/curves.js",
    "runs/table.js",
    "maps/maps.js",
    "losses/losses.js",
    "predict/predict.js",
    "convexity/convexity.js",
    "pictures/pictures.js",
    "line/player.js",
    "neuron/player.js",
    "derivatives/graph.js",
]
MODULES = sorted(FRONTEND.rglob("*.js"))
_RELATIVE = re.compile(r"""^import\s[^"';]*["']([^"']+)["']""", re.MULTILINE)


def name(path: Path) -> str:
    return path.relative_to(FRONTEND).as_posix()


def written(folder: Path, **texts: str) -> Path:
    for stem, text in texts.items():
        (folder / f"{stem}.js").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_module_comes_once_and_after_what_it_imports(entry: str):
    order = import_order(FRONTEND / entry)
    assert len(set(order)) == len(order)
    assert name(order[-1]) == entry
    for place, path in enumerate(order):
        needed = [(path.parent / found).resolve() for found in _RELATIVE.findall(path.read_text(encoding="utf-8"))]
        assert set(needed) <= set(order[:place])


@pytest.mark.parametrize("entry", ENTRIES)
def test_modules_that_share_a_script_declare_different_names(entry: str):
    text = joined_modules(entry)
    assert not re.findall(r"^(?:import|export)\b.*", text, re.MULTILINE)


def test_every_module_is_needed_by_a_component():
    components = [path for path in MODULES if path.stem == "streamlit"]
    assert len(components) == len(ENTRIES)
    workers = [path for path in MODULES if path.stem == "worker"]
    widgets = [path for path in MODULES if path.parent.name == "notebook"]
    assert {path for each in (*components, *workers, *widgets) for path in import_order(each)} == set(MODULES)


@pytest.mark.parametrize("component", [path for path in MODULES if path.stem == "streamlit"], ids=name)
def test_a_component_names_every_module_so_that_the_browser_asks_for_all_at_once(component: Path):
    named = _RELATIVE.findall(component.read_text(encoding="utf-8"))
    assert named == sorted(named)
    assert {(component.parent / each).resolve() for each in named} == set(import_order(component)) - {component}


def test_subjects_import_only_what_they_share():
    for path in MODULES:
        rooms = {(path.parent / each).resolve().parent for each in _RELATIVE.findall(path.read_text(encoding="utf-8"))}
        of_races = path.parent.name in ("maps", "line", "convexity", "neuron")
        shared = {FRONTEND / "shared"} | ({FRONTEND / "race"} if of_races else set())
        shared |= {FRONTEND / "live", FRONTEND / "race"} if path.parent.name == "notebook" else set()
        assert rooms <= {path.parent, *shared}  # they are made of what moves and shows a race


def test_a_name_that_two_modules_declare_is_refused(tmp_path: Path):
    folder = written(
        tmp_path, a='import { g } from "./b.js";\n\nconst SIZE = 1;\n', b="let SIZE = 2;\nexport function g() {}\n"
    )
    with pytest.raises(ValueError, match=r"a\.js and b\.js both declare SIZE"):
        joined_modules("a.js", folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('import { g as h } from "./b.js";\n', "g as h"),
        ('import * as b from "./b.js";\n', "import \\* as b"),
        ("import b from './b.js';\n", "import b"),
        ("export default function () {}\n", "export default"),
        ("export { g };\n", "export { g }"),
        ("const [g, h] = [1, 2];\n", "takes apart"),
        ("const { g } = {};\n", "takes apart"),
    ],
)
def test_what_one_scope_cannot_have_is_refused(tmp_path: Path, text: str, said: str):
    folder = written(tmp_path, a=text, b="export function g() {}\n")
    with pytest.raises(ValueError, match=said):
        joined_modules("a.js", folder)


def test_modules_that_import_each_other_are_refused(tmp_path: Path):
    folder = written(tmp_path, a='import { b } from "./b.js";\n', b='import { a } from "./a.js";\n')
    with pytest.raises(ValueError, match=r"a\.js -> b\.js -> a\.js"):
        joined_modules("a.js", folder)


def test_imports_and_exports_are_left_out_and_the_rest_stays(tmp_path: Path):
    folder = written(
        tmp_path,
        a='import {\n  g,\n} from "./b.js";\nimport "./c.js";\n\nexport const two = g() + 1;\n',
        b="export function g() {\n  return 1;\n}\n",
        c='import { g } from "./b.js";\n\ng();\n',
    )
    expected = ["function g() {", "  return 1;", "}", "", "", "g();", "", "", "const two = g() + 1;", ""]
    assert joined_modules("a.js", folder).split("\n") == expected


@pytest.mark.parametrize("component", [path for path in MODULES if path.stem == "streamlit"], ids=name)
def test_a_component_is_one_module_that_exports_itself(component: Path):
    text = joined_modules(name(component), exporting=True)
    assert [line[:15] for line in re.findall(r"^(?:import|export)\b.*", text, re.MULTILINE)] == ["export default "]


def test_only_the_entry_exports_by_default(tmp_path: Path):
    folder = written(tmp_path, a='import "./b.js";\n\nexport default 1;\n', b="export default 2;\n")
    with pytest.raises(ValueError, match="export default 2"):
        joined_modules("a.js", folder, exporting=True)
