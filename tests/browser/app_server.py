"""Start a Streamlit app as a process of its own and wait until it answers; tests and benchmarks share it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_START_TIMEOUT = 180.0
_STOP_TIMEOUT = 30.0
_POLL = 0.01


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _await_health(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not _answers(url):
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(_POLL)
            raise RuntimeError(f"the server ended with {code} before it answered:\n{log.read_text()}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the server did not answer within {_START_TIMEOUT:.0f} s:\n{log.read_text()}")


@contextlib.contextmanager
def serve(
    script: Path,
    log: Path,
    data: Path | None = None,
    *options: str,
    port: int | None = None,
    below: str = "",
    kill: bool = False,
    **environment_too: str,
) -> Iterator[str]:
    """Serve ``script`` with the repository's settings on a free port; gives the URL, without a slash at its end.

    data: a folder of its own for the app's runs, beside the log by default: those of whoever runs this stay apart.
    options: more of Streamlit's, after ours. port: a free one by default. below: the path it is under, as a proxy would
    show it. kill: whether it is killed at the end instead of told to end. environment_too: further variables of its
    environment.

    Raises:
        RuntimeError: the server ended or stayed silent for three minutes; the message holds its log.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    local = ["--server.address", "127.0.0.1", "--server.headless", "true"]
    local += ["--server.baseUrlPath", below] if below else []
    environment = {name: value for name, value in os.environ.items() if name != "DESCENT_LAB_DATABASE"}
    environment |= {"DESCENT_LAB_DATA": str(data or log.with_suffix(".data")), **environment_too}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *local, *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}/{below}".rstrip("/")
        _await_health(process, url, log)
        yield url
    finally:
        process.kill() if kill else process.terminate()
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
