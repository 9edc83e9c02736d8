"""Whom the server answers, over the wire: names that are its own, WebSockets of its own pages, this machine alone."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from server import HEADERS, host_name, is_ours
from tests.browser.app_server import ROOT, serve

_SOCKET = "/_stcore/stream"
NONE = frozenset[str]()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8501", "localhost"),
        ("LocalHost", "localhost"),
        ("localhost.", "localhost"),
        ("127.0.0.1:8501", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        (None, None),
        ("", None),
        ("localhost:port", None),
        ("localhost:99999", None),
        ("localhost@evil.example", None),
        ("evil.example/localhost", None),
        ("evil.example#localhost", None),
        ("[::1", None),
    ],
)
def test_the_name_in_a_host_header(host: str | None, name: str | None):
    assert host_name(host) == name


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_local_names_are_always_ours(name: str, address: str):
    assert is_ours(name, address=address, names=NONE)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "0.0.0.0", "192.0.2.7"])
@pytest.mark.parametrize("name", [None, "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "com"])
def test_a_name_that_somebody_may_have_pointed_here_is_not_ours(name: str | None, address: str):
    assert not is_ours(name, address=address, names=NONE)
    assert not is_ours(name, address=address, names=frozenset({"lab.example.org", "*.example.org"}))


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::7", socket.gethostname().lower()])
def test_open_to_the_network_addresses_and_the_machine_s_own_name_are_ours(name: str):
    assert is_ours(name, address="0.0.0.0", names=NONE)


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::7"])
def test_on_this_machine_alone_no_other_address_is_ours(name: str):
    assert not is_ours(name, address="127.0.0.1", names=NONE)


@pytest.mark.parametrize("names", [{"lab.example.org"}, {"*.example.org"}, {"*"}])
def test_names_that_are_listed_are_ours(names: set[str]):
    assert is_ours("lab.example.org", address="127.0.0.1", names=frozenset(names))


def test_a_wildcard_stands_for_names_below_it_alone():
    assert not is_ours("example.org", address="0.0.0.0", names=frozenset({"*.example.org"}))
    assert not is_ours("evilexample.org", address="0.0.0.0", names=frozenset({"*.example.org"}))


def _get(url: str, path: str, host: str, *, accept: str = "*/*") -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host, "Accept": accept})
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def _connects(url: str, host: str, origin: str | None) -> bool:
    """Whether the app's WebSocket opens for a page at ``origin`` that asks for ``host``."""
    address = url.removeprefix("http://").partition(":")
    with socket.create_connection((address[0], int(address[2])), timeout=30) as wire:
        try:
            with connect(
                f"ws://{host}{_SOCKET}", sock=wire, origin=None if origin is None else Origin(origin), proxy=None
            ):
                return True
        except InvalidStatus as refused:
            if refused.response.status_code != 403:
                raise
            return False


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(ROOT / "server.py", tmp_path_factory.mktemp("server") / "server.log") as url:
        yield url


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Open to the network, under one name more."""
    options = ["--server.address=0.0.0.0", "--server.allowedHosts=lab.example.org"]
    with serve(ROOT / "server.py", tmp_path_factory.mktemp("server") / "server.log", None, *options) as url:
        yield url


def _port(url: str) -> str:
    return url.rpartition(":")[2]


@pytest.mark.parametrize("path", ["/", "/training", "/_stcore/health", "/static/no-such-file.js"])
def test_every_answer_forbids_frames_and_what_comes_from_elsewhere(local: str, path: str):
    for host in (f"localhost:{_port(local)}", "evil.example"):
        _, headers = _get(local, path, host)
        assert {name: headers[name.lower()] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("path", "script"),
    [("/", "race"), ("/descent", "race"), ("/line", "line"), ("/training", None), ("/no/page", None)],
)
def test_a_page_names_the_files_that_it_shows_first_and_they_are_there(local: str, path: str, script: str | None):
    host = f"localhost:{_port(local)}"
    named = re.findall(r"<([^>]+)>; rel=(\w+)", _get(local, path, host)[1]["link"])
    ours = [file for file, _ in named if "bidi-components" in file and file.endswith(".js")]
    assert [file.split("/")[-2] for file in ours] == ["address", *([script] if script else [])]
    assert [file for file, _ in named if re.search("/BidiComponent[.].*js$", file)]
    for file, kind in named:
        status, headers = _get(local, file, host)
        assert status == 200
        assert ("css" if kind == "preload" else "javascript") in headers["content-type"]
    assert "link" not in _get(local, "/_stcore/health", host)[1]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/lesson/momentum", "/lesson"),
        ("/lesson/momentum/3?screen=large", "/lesson?screen=large"),
        ("//evil.example/x", "/evil.example"),
        ("/a%0d%0ab/c", "/a%0D%0Ab"),
    ],
)
def test_an_address_below_a_page_leads_to_the_page(local: str, path: str, page: str):
    host = f"localhost:{_port(local)}"
    status, headers = _get(local, path, host, accept="text/html,*/*")
    assert (status, headers["location"]) == (307, page)
    assert {name: headers[name.lower()] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/lesson", "text/html"),
        ("/lesson/momentum", "*/*"),
        ("/_stcore/health", "text/html"),
        ("/static/no-such-file.js", "text/html"),
        ("/media/none.png", "text/html"),
    ],
)
def test_whatever_else_is_asked_for_is_answered_itself(local: str, path: str, accept: str):
    assert "location" not in _get(local, path, f"localhost:{_port(local)}", accept=accept)[1]


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/media/none.png"])
def test_a_foreign_name_gets_no_answer(local: str, opened: str, path: str):
    for url in (local, opened):
        assert _get(url, path, "evil.example")[0] == 403
        assert _get(url, path, f"evil.example:{_port(url)}")[0] == 403


def test_local_names_are_answered(local: str, opened: str):
    for url in (local, opened):
        for name in ("localhost", "127.0.0.1", "[::1]"):
            assert _get(url, "/", f"{name}:{_port(url)}")[0] == 200


def test_a_listed_name_and_an_address_are_answered_only_where_the_server_is_open(local: str, opened: str):
    for host, origin in (("lab.example.org", "https://lab.example.org"), ("192.0.2.7:8501", "http://192.0.2.7:8501")):
        assert _get(opened, "/", host)[0] == 200
        assert _connects(opened, host, origin)
        assert _get(local, "/", host)[0] == 403
        assert not _connects(local, host, origin)


def test_a_web_socket_opens_for_our_own_pages_and_for_programs(local: str):
    own = f"localhost:{_port(local)}"
    assert _connects(local, own, f"http://{own}")
    assert _connects(local, own, None)


def test_a_foreign_page_gets_no_web_socket(local: str, opened: str):
    for url in (local, opened):
        own = f"localhost:{_port(url)}"
        assert not _connects(url, own, "http://evil.example")
        assert not _connects(url, own, "http://localhost:1")  # another program's page on this machine
        assert not _connects(url, own, "null")
        # Rebound: a foreign name points at this machine, and Origin and Host agree on it.
        assert not _connects(url, f"evil.example:{_port(url)}", f"http://evil.example:{_port(url)}")


def _listens_on(port: str) -> set[str]:
    """The local addresses with a listener on this port."""
    rows = [line.split()[1:4] for name in ("tcp", "tcp6") for line in _lines(Path("/proc/net") / name)]
    return {place.partition(":")[0] for place, _, state in rows if state == "0A" and int(place[-4:], 16) == int(port)}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists who listens in /proc")
def test_it_listens_where_it_was_asked_to(local: str, opened: str):
    assert _listens_on(_port(local)) == {"0100007F"}
    assert _listens_on(_port(opened)) == {"00000000"}


def test_without_being_asked_it_listens_on_this_machine_alone():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
    assert settings["address"] == "127.0.0.1"
    assert set(settings["allowedHosts"]) == {"localhost", "127.0.0.1"}


@pytest.mark.parametrize(
    ("given", "address", "names"),
    [
        ([], "127.0.0.1", []),
        (["HOST=0.0.0.0"], "0.0.0.0", []),
        (["HOST=0.0.0.0", "NAMES=a.example b.example"], "0.0.0.0", ["a.example", "b.example"]),
    ],
)
def test_make_app_hands_on_what_it_is_asked(given: list[str], address: str, names: list[str]):
    done = subprocess.run(["make", "-n", "app", *given], cwd=ROOT, capture_output=True, text=True, check=True)
    command = next(line for line in done.stdout.replace("\\\n", " ").splitlines() if "streamlit run" in line)
    assert "streamlit run server.py" in command
    assert re.findall(r"--server\.address (\S+)", command) == [address]
    assert re.findall(r"--server\.allowedHosts=(\S+)", command) == names
