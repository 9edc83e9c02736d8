"""Find a Chromium for the tests, or install one; ``python -m tests.browser.chromium`` prints its path.

Order: the one named by DESCENT_LAB_BROWSER, one on the PATH, one that Playwright has downloaded, a download by
Playwright, the package manager of a Debian system. A browser counts only if it starts. No test skips for want of one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playwright.sync_api import sync_playwright

VARIABLE = "DESCENT_LAB_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox: it cannot start for root. The rest keeps the browser from using the network on its own account.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # WebGL without a GPU, for the 3-D surfaces
)
_INSTALL_TIMEOUT = 900.0


class NoBrowserError(RuntimeError):
    """No Chromium could be found or installed; the message says what was tried."""


def _succeeds(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_INSTALL_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwright_path() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the search asks of a machine. The default is this one.

    succeeds: runs a command and tells whether it exited with 0. playwright_path: where Playwright keeps its own
    browser, downloaded or not.
    """

    environ: Mapping[str, str]
    which: Callable[[str], str | None]
    succeeds: Callable[[Sequence[str]], bool]
    playwright_path: Callable[[], str]
    is_root: bool


def this_machine() -> Machine:
    return Machine(
        environ=os.environ,
        which=shutil.which,
        succeeds=_succeeds,
        playwright_path=_playwright_path,
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
    )


def find_or_install(machine: Machine | None = None) -> str:
    """The path of a Chromium that starts.

    Raises:
        NoBrowserError: none is there and none could be installed, or DESCENT_LAB_BROWSER names one that does not start.
    """
    machine = machine or this_machine()

    def starts(path: str) -> bool:
        return machine.succeeds([path, "--version"])

    named = machine.environ.get(VARIABLE)
    if named:
        if starts(named):
            return named
        raise NoBrowserError(f"{VARIABLE} is {named!r}, which does not start; name a Chromium or unset it.")
    for name in NAMES:
        path = machine.which(name)
        if path and starts(path):
            return path
    own = machine.playwright_path()
    if starts(own):
        return own
    if machine.succeeds([sys.executable, "-m", "playwright", "install", "chromium"]) and starts(own):
        return own
    if machine.which("apt-get") and (machine.is_root or machine.which("sudo")):
        apt = [*(() if machine.is_root else ("sudo", "-n")), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
        if machine.succeeds([*apt, "update"]) and machine.succeeds([*apt, "install", "-y", "chromium"]):
            path = machine.which("chromium")
            if path and starts(path):
                return path
    raise NoBrowserError(
        f"No Chromium starts here. Tried: {', '.join(NAMES)} on the PATH, Playwright's own, "
        f"'playwright install chromium' and 'apt-get install chromium'. Install Chromium, or name one in {VARIABLE}."
    )


if __name__ == "__main__":
    try:
        print(f"Browser for the tests: {find_or_install()}")
    except NoBrowserError as error:
        sys.exit(str(error))
