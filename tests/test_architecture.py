"""Imports point one way: pages -> figures -> (landscapes, optimizers, networks, trainers). Read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What anyone may import: modules at the root that import nothing of the project but each other.
SHARED = {"hyperparameters", "numerals"}
MAY_IMPORT = {
    "app": {"widgets"},
    "pages": {"widgets", "figures", "landscapes", "optimizers", "networks", "trainers"},
    "widgets": {"figures", "landscapes", "optimizers", "networks", "trainers"},
    "figures": {"landscapes", "optimizers", "networks", "trainers"},
    "trainers": {"networks", "optimizers"},
    "networks": set(),
    "landscapes": set(),
    "optimizers": set(),
    "hyperparameters": set(),
    "numerals": set(),
}
THIRD_PARTY = {
    "app": {"streamlit"},
    "pages": {"streamlit"},
    "widgets": {"streamlit", "numpy", "pandas", "plotly"},
    "figures": {"numpy", "pandas", "plotly", "contourpy", "PIL", "sympy"},
    "trainers": {"torch", "numpy", "safetensors", "sklearn", "sqlalchemy"},
    "networks": {"torch", "numpy", "scipy", "pandas"},
    "landscapes": {"numpy", "sympy"},
    "optimizers": {"numpy"},
    "hyperparameters": {"numpy"},
    "numerals": {"numpy"},
}
OURS = set(MAY_IMPORT) | {"tests", "benchmarks", "tools"}
NOT_FOR_PAGES = {"threading", "multiprocessing", "concurrent", "asyncio", "subprocess", "math", "numpy", "plotly"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}


def _sources(*tops: str) -> list[Path]:
    files = [file for top in tops for file in ((ROOT / top).rglob("*.py"), [ROOT / f"{top}.py"])]
    return sorted(path for group in files for path in group if path.is_file())


def _imported(path: Path) -> Iterator[str]:
    """The full name of every module a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import in line {node.lineno}; name the module in full"
            assert node.module is not None
            yield node.module


def _imported_tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in _imported(path)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


HOUSE = [(top, path) for top in MAY_IMPORT for path in _sources(top)]
HOUSE_CASES = pytest.mark.parametrize(("top", "path"), HOUSE, ids=[_name(path) for _, path in HOUSE])


def test_every_module_at_the_root_has_its_place_in_the_directions():
    assert {path.stem for path in ROOT.glob("*.py")} <= set(MAY_IMPORT)


def test_every_folder_with_python_in_it_has_its_place_in_the_directions():
    folders = {path.name for path in ROOT.iterdir() if path.name[0] not in "._" and any(path.glob("*.py"))}
    assert folders - {"build"} <= OURS


@HOUSE_CASES
def test_imports_of_the_project_point_one_way(top: str, path: Path):
    ours = _imported_tops(path) & OURS
    assert ours <= MAY_IMPORT[top] | SHARED | {top}


@HOUSE_CASES
def test_other_packages_are_imported_only_where_they_belong(top: str, path: Path):
    others = _imported_tops(path) - OURS - sys.stdlib_module_names
    assert others <= THIRD_PARTY[top]


@pytest.mark.parametrize("path", _sources("pages"), ids=_name)
def test_pages_draw_no_figure_compute_nothing_and_start_nothing(path: Path):
    assert not _imported_tops(path) & NOT_FOR_PAGES


@pytest.mark.parametrize("path", _sources("app"), ids=_name)
def test_the_app_is_navigation_only(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    loops_and_definitions = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While)
    assert not [node for node in ast.walk(tree) if isinstance(node, loops_and_definitions)]


@HOUSE_CASES
def test_nothing_is_evaluated_or_unpickled(top: str, path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & UNSAFE_CALLS
    assert not _imported_tops(path) & UNSAFE_MODULES


@HOUSE_CASES
def test_sympy_never_parses_text(top: str, path: Path):
    """sympify and parse_expr evaluate their text; formulas go through landscapes' own parser."""
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    names |= {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not names & {"sympify", "parse_expr", "lambdify"}


def test_no_module_hides_one_of_the_standard_library():
    named = {path.stem for path in ROOT.glob("*.py")} | {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert not named & sys.stdlib_module_names


def test_no_module_is_named_for_nothing():
    nothing = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [_name(path) for path in _sources(*OURS) if path.stem in nothing]


def _loaded_after(statements: str) -> set[str]:
    code = f"{statements}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_way_to_the_first_paint_loads_no_torch():
    """Importing torch takes longer than everything else before the first paint."""
    pages = [ROOT / "pages" / "home.py", ROOT / "pages" / "descent.py"]
    needed = {name for page in pages for name in _imported(page)} | {"landscapes", "optimizers", "figures", "widgets"}
    loaded = _loaded_after("\n".join(f"import {name}" for name in sorted(needed - {"__future__"})))
    assert not loaded & {"torch", "sklearn", "matplotlib"}


def test_landscapes_load_no_streamlit_and_optimizers_neither_streamlit_nor_sympy():
    assert not _loaded_after("import landscapes") & {"streamlit", "torch", "plotly"}
    assert not _loaded_after("import optimizers") & {"streamlit", "torch", "plotly", "sympy"}
