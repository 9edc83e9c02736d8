"""The pinned versions are complete and inside the declared ranges; continuous integration runs the README's command."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.groups import group_of
from tools import preset_sheet

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in CONSTRAINTS)}
RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
TEST = [Requirement(text) for text in PROJECT["project"]["optional-dependencies"]["test"]]
# What is imported only where it is there; the app says what to do where it is not.
_EXTRAS = PROJECT["project"]["optional-dependencies"]
_LATE = ("tensorboard", "notebook", "pretrained", "ray")
OPTIONAL = {Requirement(text).name for extra in _LATE for text in _EXTRAS[extra]}
# Whose trainings are watched: whoever has one of them has it already.
OPTIONAL |= {"keras", "lightning", "pytorch-lightning", "transformers"}
# A benchmark's peer, measured where somebody has it.
OPTIONAL |= {"loss-landscapes"}
DISTRIBUTION = {
    "PIL": "pillow",
    "yaml": "pyyaml",
    "markdown_it": "markdown-it-py",
    "sklearn": "scikit-learn",
    "pytorch_optimizer": "pytorch-optimizer",
    "xdist": "pytest-xdist",
}


@pytest.mark.parametrize("line", CONSTRAINTS)
def test_a_constraint_is_a_name_and_one_public_version(line: str):
    assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)


@pytest.mark.parametrize("requirement", RUNTIME + TEST, ids=str)
def test_a_declared_range_has_both_ends_and_holds_the_tested_version(requirement: Requirement):
    operators = {clause.operator for clause in requirement.specifier}
    assert operators == {">=", "<"}
    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)])


def _requires(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _closure(requirements: list[Requirement]) -> set[str]:
    """Canonical names of everything the requirements bring along on this machine."""
    found: set[str] = set()
    waiting = [(requirement, extra) for requirement in requirements for extra in ("", *requirement.extras)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (f"{name}[{extra}]") in found:
            continue
        found.add(f"{name}[{extra}]")
        for text in _requires(name):
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed, each) for each in ("", *needed.extras)]
    return {entry.partition("[")[0] for entry in found}


def test_everything_the_project_brings_along_is_pinned():
    """Drivers of accelerators differ by machine: PyTorch's wheel pins its own."""
    missing = {
        name for name in _closure(RUNTIME + TEST) - set(PINS) if not name.startswith(("nvidia-", "cuda-", "triton"))
    }
    assert not missing


def test_nothing_is_pinned_that_nobody_needs():
    assert not set(PINS) - _closure(RUNTIME + TEST)


def _imports(*tops: str) -> set[str]:
    """Names of the distributions of other people that the modules under some folders import."""
    files = [path for top in tops for path in (*ROOT.glob(f"{top}.py"), *(ROOT / top).rglob("*.py"))]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    tops_of_names = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"__future__"}
    ours = {path.stem for path in ROOT.iterdir()}
    return {canonicalize_name(DISTRIBUTION.get(name, name)) for name in tops_of_names - ours}


APP = (
    "app",
    "server",
    "allocator",
    "broadcast",
    "fragments",
    "reception",
    "smaller",
    "wakeups",
    "pages",
    "widgets",
    "exports",
    "figures",
    "experiments",
    "landscapes",
    "optimizers",
    "programs",
    "networks",
    "trainers",
    "settings",
    "faces",
)


def test_what_the_app_imports_is_declared_and_what_is_declared_is_imported():
    declared = {canonicalize_name(requirement.name) for requirement in RUNTIME}
    assert _imports(*APP, "numerals") - OPTIONAL == declared


def test_what_tests_and_benchmarks_import_is_declared():
    declared = {canonicalize_name(requirement.name) for requirement in RUNTIME + TEST}
    assert _imports("tests", "benchmarks", "tools") <= declared | OPTIONAL | {"packaging"}


def test_the_sheet_of_presets_has_every_page_that_has_some():
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert set(preset_sheet.PAGES) == pages - {"home", "join", "lesson", "runs"}


def test_every_module_of_the_app_is_importable_once_installed():
    alone = {"app", "server", "allocator", "broadcast", "fragments", "reception", "smaller", "wakeups"}
    modules = {path.stem for path in ROOT.glob("*.py")} - alone
    assert set(PROJECT["tool"]["setuptools"]["py-modules"]) == modules


def test_continuous_integration_runs_the_command_of_the_readme_and_nothing_else():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_all_browser_tests_share_a_process_and_the_tests_of_any_other_file_do():
    browser = {group_of(f"tests/browser/{test}") for test in ("test_runs.py::test_a", "test_live.py::test_b[x::y]")}
    assert len(browser) == 1
    others = [
        group_of(f"tests/{test}") for test in ("pages/test_a.py::test_a", "pages/test_a.py::test_b[::]", "test_c.py::c")
    ]
    assert others[0] == others[1]
    assert len({*browser, *others}) == 3
