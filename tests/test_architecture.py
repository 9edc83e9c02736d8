"""Imports point one way, between rooms and inside them, and a room is entered by its face. Read from the source.

pages -> (exports, widgets) -> figures -> experiments -> trainers -> (landscapes, optimizers, networks) -> settings
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What anyone may import: they import nothing of the project but each other.
SHARED = {"faces", "numerals", "programs", "settings"}
# One module each beside the server, for it alone.
ALONE = {"allocator", "broadcast", "fragments", "reception", "smaller", "wakeups"}
_MATTER = {"landscapes", "optimizers", "networks"}
_COMPUTED = _MATTER | {"trainers", "experiments"}
MAY_IMPORT = {
    "app": {"widgets"},
    "server": {"experiments", "figures", "pages", "widgets"} | ALONE,
    "wakeups": {"streamlit"},
    "allocator": set(),
    "fragments": set(),
    "smaller": set(),
    "broadcast": {"figures", "reception", "trainers"},
    "reception": {"trainers"},
    "pages": _COMPUTED | {"figures", "exports", "widgets"},
    "widgets": _COMPUTED | {"figures"},
    "exports": _COMPUTED | {"figures"},
    "figures": _COMPUTED,
    "experiments": _MATTER | {"trainers"},
    "trainers": {"networks", "optimizers"},
    "networks": set(),
    "landscapes": set(),
    "optimizers": set(),
    "programs": set(),
    "settings": set(),
    "faces": set(),
    "numerals": set(),
}
THIRD_PARTY = {
    "app": {"streamlit"},
    "server": {"streamlit", "starlette"},
    "broadcast": {"starlette"},
    "wakeups": {"streamlit"},
    "allocator": set(),
    "fragments": {"streamlit"},
    "reception": {"starlette"},
    "smaller": {"starlette"},
    "pages": {"streamlit"},
    "widgets": {"streamlit"},
    "exports": {"numpy", "sympy", "anywidget", "traitlets"},
    "figures": {"numpy", "pandas", "plotly", "contourpy", "PIL"},
    "experiments": {"numpy", "pandas", "optuna", "markdown_it"},
    "trainers": {"torch", "numpy", "scipy", "safetensors", "sklearn", "sqlalchemy", "tensorboard", "optuna"}
    | {"ray", "fsspec", "torchvision"}
    | {"keras", "lightning", "pytorch_lightning", "transformers"},
    "networks": {"torch", "numpy", "scipy", "pandas"},
    "landscapes": {"numpy", "sympy", "mpmath"},
    "optimizers": {"numpy"},
    "programs": {"numpy"},
    "settings": {"numpy"},
    "faces": set(),
    "numerals": {"numpy"},
}
# The rooms inside trainers, and what each may import of the others. Modules beside them (report, disk) are for all.
TRAINERS: dict[str, set[str]] = {
    "data": set(),
    "config": {"data"},
    "loop": {"data", "config"},
    "surfaces": {"data", "config", "loop"},
    "transfers": {"data", "config", "loop"},
    "studies": set(),
    "diagnosis": {"data", "config"},
    "presets": {"data", "config"},
    "sweeps": {"data", "config"},
    "store": {"data", "config", "loop", "diagnosis", "presets"},
    "lab": {"data", "config", "loop", "surfaces", "transfers", "studies", "diagnosis", "presets", "sweeps", "store"},
    "watch": {"loop"},
    "watched": {"diagnosis", "store", "lab", "watch"},
    "classroom": {"lab", "store"},
    "imported": {"data", "config", "loop", "diagnosis", "presets", "sweeps", "store", "lab", "watched"},
}
# Rooms of figures that every subject's room may use, beside axes and theme.
FOR_ALL_FIGURES = {"drawing", "frontend"}
# Where PyTorch may be imported at the top of a module; everywhere else it is imported when first needed.
LOADS_TORCH = {"networks", "trainers/loop", "trainers/surfaces", "trainers/transfers", "trainers/studies"}
LARGEST_FOLDER = 22
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


# Plotly compiles code in the browser for these, which the pages forbid (``server.HEADERS``): nothing would be drawn.
COMPILED_TRACES = {"parcoords", "parcats", "scattergl", "scatterpolargl", "splom"}


@pytest.mark.parametrize("path", _sources("figures"), ids=_name)
def test_no_picture_is_of_a_kind_that_the_pages_forbid(path: Path):
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not texts & COMPILED_TRACES


def test_no_module_hides_one_of_the_standard_library():
    named = {path.stem for path in ROOT.glob("*.py")} | {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert not named & sys.stdlib_module_names


def test_no_module_is_named_for_nothing():
    nothing = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [_name(path) for path in _sources(*OURS) if path.stem in nothing]


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _faces() -> set[str]:
    """Every package with a face, by its full name."""
    inits = [path for top in MAY_IMPORT for path in (ROOT / top).rglob("__init__.py")]
    return {_module(path) for path in inits}


FACES = _faces()


def _room(module: str) -> str:
    """The innermost package with a face that holds a module (or is it); the module itself where there is none."""
    parts = module.split(".")
    names = [".".join(parts[: i + 1]) for i in range(len(parts))]
    return next((name for name in reversed(names) if name in FACES), parts[0])


def _targets(path: Path) -> Iterator[str]:
    """The modules that a file imports, a submodule named in ``from room import module`` among them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from [name for name in modules if (ROOT / f"{name.replace('.', '/')}.py").exists()] or [node.module]


ROOMS = [
    path
    for top in ("settings", "trainers", "experiments", "figures", "exports", "widgets", "pages")
    for path in _sources(top)
]
ROOM_CASES = pytest.mark.parametrize("path", ROOMS, ids=[_name(path) for path in ROOMS])


@ROOM_CASES
def test_a_room_is_entered_by_its_face(path: Path):
    """Modules of a room are private to it; those that stand beside inner rooms (``figures/theme.py``) are for all."""
    here = _room(_module(path))
    for target in _targets(path):
        if target.partition(".")[0] not in {"settings", "trainers", "experiments", "figures", "exports", "widgets"}:
            continue
        there = _room(target)
        beside = any(name.startswith(f"{there}.") for name in FACES)
        assert beside or target == there or here == there, f"{target} is private to {there}: import from {there}"


@ROOM_CASES
def test_inner_rooms_import_one_way(path: Path):
    top, _, here = _room(_module(path)).partition(".")
    for target in _targets(path):
        other, _, there = _room(target).partition(".")
        if other != top or not here or not there or here == there:
            continue
        allowed = TRAINERS[here] if top == "trainers" else FOR_ALL_FIGURES if top == "figures" else set()
        assert there in allowed, f"{top}/{here} may not import {target}"


def test_every_inner_room_of_trainers_has_its_place():
    assert {name.partition(".")[2] for name in FACES if name.startswith("trainers.")} == set(TRAINERS)


_EAGER = ("landscapes", "optimizers", "optimizers.rules", "networks")  # their names are ordinary imports


@pytest.mark.parametrize("name", sorted(FACES - set(_EAGER)))
def test_a_face_says_what_each_name_is_and_keeps_names_and_modules_apart(name: str):
    """A name that is also a module of the room would be one or the other, by what was imported first."""
    room = importlib.import_module(name)
    assert room.__doc__
    folder = ROOT / name.replace(".", "/")
    listed = {
        alias.asname or alias.name
        for node in ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
        for each in node.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    shown = set(getattr(room, "__all__", ()))
    assert listed == shown
    for both in shown & {path.stem for path in folder.glob("*.py")}:
        with pytest.raises(ImportError, match="is a command"):  # nothing can put such a module in the name's place
            importlib.import_module(f"{name}.{both}")
    for each in shown:
        assert getattr(room, each) is not None


@pytest.mark.parametrize("path", [path for path in ROOMS if path.name == "__init__.py"], ids=_name)
def test_each_name_of_a_face_has_one_sentence(path: Path):
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "face"
    ]
    for call in calls:
        for told in ast.literal_eval(call.args[1]).values():
            for name, sentence in told.items():
                assert sentence.endswith("."), f"{name}: {sentence}"
                assert len(sentence) > 12, f"{name}: {sentence}"


@HOUSE_CASES
def test_pytorch_is_loaded_late_but_where_networks_are_trained(top: str, path: Path):
    if any(_name(path).startswith(f"{room}/") for room in LOADS_TORCH):
        return
    body = ast.parse(path.read_text(encoding="utf-8")).body
    at_top = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in at_top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in at_top if isinstance(node, ast.ImportFrom) and node.module}
    assert not {name for name in names if name.partition(".")[0] == "torch"}


@HOUSE_CASES
def test_torchvision_which_need_not_be_there_is_imported_within_functions(top: str, path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    within = {id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in imports:
        named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        assert id(node) in within or not any(name.partition(".")[0] == "torchvision" for name in named)


@pytest.mark.parametrize("top", sorted(OURS - {"app", "server", "faces", "numerals"} - ALONE))
def test_no_folder_holds_more_than_a_person_can_look_over(top: str):
    folders = [folder for folder in [ROOT / top, *(ROOT / top).rglob("*")] if folder.is_dir()]
    sizes = {_name(folder): len([*folder.glob("*.py"), *folder.glob("*.js")]) for folder in folders}
    assert not {name: size for name, size in sizes.items() if size > LARGEST_FOLDER}


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
