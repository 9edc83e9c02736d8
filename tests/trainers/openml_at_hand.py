"""A server on this machine that answers as OpenML does."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from numpy.typing import NDArray
from sklearn.datasets import _openml  # pyright: ignore[reportPrivateUsage]


def asked_here(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let scikit-learn ask this address instead of OpenML's, and wait for nothing between attempts."""
    for name in ("_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES"):
        monkeypatch.setattr(_openml, name, getattr(_openml, name).replace("https://www.openml.org", url))
    monkeypatch.setattr(_openml.time, "sleep", lambda seconds: None)


class StandIn:
    """For one small data set of images, with the number 1."""

    def __init__(self, pixels: NDArray[Any], labels: NDArray[Any]) -> None:
        """pixels: whole numbers ``(rows, columns)``. labels: numbers of classes from 0 on."""
        self.pixels, self.labels = pixels, labels
        self.requests: list[str] = []
        self.status = 200
        self.quoted = False
        self.arff = self.written(pixels)
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.requests.append(self.path)
                body = stand_in.answer(self.path)
                self.send_response(stand_in.status if body is not None else 404)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def written(self, pixels: NDArray[Any]) -> bytes:
        quote = "'" if self.quoted else ""
        names = "".join(f"@ATTRIBUTE pixel{i} REAL\n" for i in range(pixels.shape[1]))
        kinds = ",".join(f"{quote}{label}{quote}" for label in range(self.labels.max() + 1))
        rows = "".join(
            ",".join(map(str, row)) + f",{quote}{label}{quote}\n"
            for row, label in zip(pixels, self.labels, strict=True)
        )
        return f"@RELATION tiny\n{names}@ATTRIBUTE class {{{kinds}}}\n@DATA\n{rows}".encode()

    def answer(self, path: str) -> bytes | None:
        features = [
            {
                "index": str(i),
                "name": name,
                "data_type": "nominal" if name == "class" else "numeric",
                "is_target": str(name == "class").lower(),
                "is_ignore": "false",
                "is_row_identifier": "false",
                "number_of_missing_values": "0",
            }
            for i, name in enumerate([*(f"pixel{i}" for i in range(self.pixels.shape[1])), "class"])
        ]
        description = {
            "id": "1",
            "name": "tiny",
            "version": "1",
            "format": "ARFF",
            "status": "active",
            "description": "",
            "url": f"{self.url}/data/v1/download/1/tiny.arff",
            "file_id": "1",
            "md5_checksum": hashlib.md5(self.written(self.pixels)).hexdigest(),
        }
        answers = {
            "/api/v1/json/data/1": {"data_set_description": description},
            "/api/v1/json/data/features/1": {"data_features": {"feature": features}},
            "/api/v1/json/data/qualities/1": {
                "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(len(self.labels))}]}
            },
        }
        if path == "/data/v1/download/1/tiny.arff":
            return self.arff
        return json.dumps(answers[path]).encode() if path in answers else None

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
