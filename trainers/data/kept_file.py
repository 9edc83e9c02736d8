"""One file of others, fetched once over the internet and kept: its SHA-256 is checked as it comes and when it is used.

A file that does not match, or is longer than it may be, is never put in place.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from trainers.data.table import DataUnavailable, Progress
from trainers.disk import data_folder

SECONDS = 30  # without a byte
_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


def kept_file(url: str, sha256: str, *, what: str, most_bytes: int, progress: Progress) -> Path:
    """Where the file of an address lies here; it is fetched where it is not there, or not whole.

    sha256: the first 8 or more hexadecimal digits of what its SHA-256 must be. what: it in sentences ("the weights of
    ResNet-18"). most_bytes: it is not taken where it is longer.

    Raises:
        DataUnavailable: it cannot be fetched or kept, or is something else. ValueError: no address, or no digits.
    """
    parts = urlsplit(url)
    name = Path(parts.path).name
    if parts.scheme not in ("https", "http") or not parts.hostname or not _NAME.fullmatch(name):
        raise ValueError(f"the address was given as {url!r:.120}; allowed is that of a file, with http or https")
    if not _DIGEST.fullmatch(sha256):
        raise ValueError(f"the SHA-256 was given as {sha256!r:.80}; allowed are 8 to 64 hexadecimal digits")
    path = data_folder() / "downloads" / name
    try:
        if _digest(path).startswith(sha256):
            return path
    except FileNotFoundError:
        pass
    except OSError as error:
        raise DataUnavailable(f"{_capital(what)} cannot be read here: {error.strerror or error}.") from error
    _fetch(url, path, sha256, what, most_bytes, progress)
    return path


def _fetch(url: str, path: Path, sha256: str, what: str, most_bytes: int, progress: Progress) -> None:
    host = urlsplit(url).hostname
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    progress(f"Downloading {what} from {host}.", None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with urlopen(url, timeout=SECONDS) as answer, part.open("wb") as file:
            found = hashlib.sha256()
            for chunk in _chunks(answer, what, most_bytes, progress):
                found.update(chunk)
                file.write(chunk)
        if not found.hexdigest().startswith(sha256):
            raise DataUnavailable(f"What {host} sent is not {what}: its SHA-256 is another. Nothing of it is kept.")
        part.replace(path)
    except HTTPError as error:
        raise DataUnavailable(f"{host} answered {error.code} when asked for {what}; try again later.") from error
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        raise DataUnavailable(
            f"{_capital(what)} cannot be downloaded, because {host} cannot be reached; try again with the internet, or "
            f"put {path.name} into {path.parent}."
        ) from error
    except OSError as error:
        raise DataUnavailable(f"{_capital(what)} cannot be kept on this disk: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _chunks(answer: Any, what: str, most_bytes: int, progress: Progress) -> Iterator[bytes]:
    announced = int(answer.headers.get("Content-Length") or 0)
    arrived = 0
    while chunk := answer.read(_CHUNK):
        arrived += len(chunk)
        if max(arrived, announced) > most_bytes:
            raise DataUnavailable(
                f"What was sent for {what} has more than {most_bytes / 1e6:.0f} MB, too many. It is not kept."
            )
        share = min(1.0, arrived / announced) if announced else None
        progress(f"Downloading {what}: {arrived / 1e6:.1f} MB so far.", share)
        yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
