"""Where the tests look for a browser, in which order, and what they say when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from tests.browser.chromium import Machine, NoBrowserError, find_or_install

OWN = "/cache/chrome"


@dataclass
class Bare:
    """A machine that has some programs and gains others when a command runs; it remembers every command."""

    programs: set[str] = field(default_factory=set)
    gains: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    is_root: bool = True
    commands: list[str] = field(default_factory=list)

    def machine(self) -> Machine:
        return Machine(
            environ=self.environ,
            which=lambda name: f"/usr/bin/{name}" if f"/usr/bin/{name}" in self.programs else None,
            succeeds=self.succeeds,
            playwright_path=lambda: OWN,
            is_root=self.is_root,
        )

    def succeeds(self, command: Sequence[str]) -> bool:
        if command[-1] == "--version":
            return command[0] in self.programs
        line = " ".join(command[1:] if command[0].startswith("/") else command)
        self.commands.append(line)
        for words, program in self.gains.items():
            if words in line:
                self.programs.add(program)
                return True
        return line.endswith("update")


def test_the_one_that_is_named_comes_first():
    bare = Bare(programs={"/opt/mine", "/usr/bin/chromium"}, environ={"DESCENT_LAB_BROWSER": "/opt/mine"})
    assert find_or_install(bare.machine()) == "/opt/mine"


def test_a_named_one_that_does_not_start_is_an_error_not_a_hint():
    bare = Bare(programs={"/usr/bin/chromium"}, environ={"DESCENT_LAB_BROWSER": "/opt/gone"})
    with pytest.raises(NoBrowserError, match=r"DESCENT_LAB_BROWSER is '/opt/gone', which does not start"):
        find_or_install(bare.machine())


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_an_installed_one_is_used_and_nothing_is_installed(name: str):
    bare = Bare(programs={f"/usr/bin/{name}", OWN})
    assert find_or_install(bare.machine()) == f"/usr/bin/{name}"
    assert bare.commands == []


def test_one_that_was_downloaded_before_is_not_downloaded_again():
    bare = Bare(programs={OWN})
    assert find_or_install(bare.machine()) == OWN
    assert bare.commands == []


def test_the_download_comes_before_the_package_manager():
    bare = Bare(
        programs={"/usr/bin/apt-get"}, gains={"playwright install": OWN, "apt-get install": "/usr/bin/chromium"}
    )
    assert find_or_install(bare.machine()) == OWN
    assert bare.commands == ["-m playwright install chromium"]


def test_the_package_manager_helps_where_nothing_can_be_downloaded():
    bare = Bare(programs={"/usr/bin/apt-get"}, gains={"apt-get install": "/usr/bin/chromium"})
    assert find_or_install(bare.machine()) == "/usr/bin/chromium"
    assert bare.commands == [
        "-m playwright install chromium",
        "env DEBIAN_FRONTEND=noninteractive apt-get update",
        "env DEBIAN_FRONTEND=noninteractive apt-get install -y chromium",
    ]


def test_a_download_that_does_not_start_for_want_of_libraries_does_not_count():
    bare = Bare(
        programs={"/usr/bin/apt-get"},
        gains={"playwright install": "/cache/useless", "apt-get install": "/usr/bin/chromium"},
    )
    assert find_or_install(bare.machine()) == "/usr/bin/chromium"


def test_without_root_the_package_manager_is_asked_through_sudo_without_a_prompt():
    bare = Bare(
        programs={"/usr/bin/apt-get", "/usr/bin/sudo"}, gains={"apt-get install": "/usr/bin/chromium"}, is_root=False
    )
    assert find_or_install(bare.machine()) == "/usr/bin/chromium"
    assert bare.commands[-1].startswith("sudo -n env")


@pytest.mark.parametrize(
    "bare",
    [Bare(), Bare(programs={"/usr/bin/apt-get"}), Bare(programs={"/usr/bin/apt-get"}, is_root=False)],
    ids=["nothing", "no network", "no rights"],
)
def test_without_any_the_error_says_what_was_tried(bare: Bare):
    with pytest.raises(NoBrowserError, match=r"Tried: chromium.*playwright install chromium.*apt-get install chromium"):
        find_or_install(bare.machine())


def test_this_machine_has_one_that_starts():
    assert find_or_install()
