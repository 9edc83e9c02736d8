"""One file that is fetched over the internet: kept, checked, and every way it can go wrong in a sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trainers.weights_at_hand import FileServer
from trainers.data import DataUnavailable, kept_file
from trainers.data.table import silent

CONTENT = bytes(range(256)) * 5000
DIGEST = hashlib.sha256(CONTENT).hexdigest()[:8]


@pytest.fixture
def server(data_home: Path) -> Iterator[FileServer]:
    made = FileServer(CONTENT)
    yield made
    made.close()


def fetched(server: FileServer, most_bytes: int = 2_000_000, sha256: str = DIGEST) -> Path:
    url = f"{server.url}/models/tiny-{DIGEST}.pth"
    return kept_file(url, sha256, what="the weights of Tiny", most_bytes=most_bytes, progress=silent)


def left(data_home: Path) -> list[str]:
    return sorted(path.name for path in (data_home / "downloads").glob("*"))


def test_a_file_is_fetched_once_and_a_damaged_one_again(server: FileServer, data_home: Path) -> None:
    told: list[tuple[str, float | None]] = []
    url = f"{server.url}/models/tiny-{DIGEST}.pth?x=1"
    path = kept_file(
        url, DIGEST, what="the weights of Tiny", most_bytes=2_000_000, progress=lambda *what: told.append(what)
    )
    assert path.read_bytes() == CONTENT
    assert path.is_relative_to(data_home)
    assert told[0] == ("Downloading the weights of Tiny from 127.0.0.1.", None)
    assert told[-1] == ("Downloading the weights of Tiny: 1.3 MB so far.", 1.0)
    assert fetched(server) == path
    assert len(server.asked) == 1
    path.write_bytes(CONTENT[:-1])
    assert fetched(server).read_bytes() == CONTENT
    assert len(server.asked) == 2
    assert left(data_home) == [path.name]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("other", "its SHA-256 is another. Nothing of it is kept."),
        ("missing", "answered 404 when asked for the weights of Tiny"),
        ("long", "more than 1 MB"),
        ("announced", "more than 2 MB"),
        ("short", "its SHA-256 is another"),
        ("gone", "The weights of Tiny cannot be downloaded, because 127.0.0.1 cannot be reached; .* put tiny-"),
    ],
)
def test_what_cannot_be_had_is_a_sentence_and_leaves_nothing(
    server: FileServer, data_home: Path, trouble: str, told: str
) -> None:
    most = 2_000_000
    if trouble == "other":
        server.content = CONTENT[::-1]
    elif trouble == "missing":
        server.status = 404
    elif trouble == "long":
        server.announced, most = 0, 1_000_000  # nothing is said of its length
    elif trouble == "announced":
        server.announced = 3_000_000
    elif trouble == "short":
        server.content, server.announced = CONTENT[:-10], len(CONTENT)
    else:
        server.server.server_close()
    with pytest.raises(DataUnavailable, match=told):
        fetched(server, most)
    assert left(data_home) == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "ftp://a/b.pth", "x", "http:///b.pth"])
def test_only_files_behind_http_are_asked_for(data_home: Path, url: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        kept_file(url, DIGEST, what="it", most_bytes=10, progress=silent)
    with pytest.raises(ValueError, match="hexadecimal"):
        kept_file("https://a.invalid/b.pth", "abc", what="it", most_bytes=10, progress=silent)
