"""A server on this machine for one file, and a package that stands in for torchvision, whose weights lie there."""

from __future__ import annotations

import hashlib
import io
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import torch

MODELS = '''
"""A tiny network with the modules of ResNet-18, and weights as torchvision describes them."""

from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, 2), nn.BatchNorm2d(4)
        self.relu, self.maxpool = nn.ReLU(), nn.MaxPool2d(2)
        for number in range(1, 5):
            setattr(self, f"layer{number}", nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(4, 1000)


def get_model(name, weights=None):
    assert (name, weights) == ("resnet18", None)
    return Net()


class _Transform:
    def __init__(self, crop_size=224, resize_size=256):
        self.crop_size, self.resize_size = [crop_size], [resize_size]

    def __call__(self, x):
        side = self.crop_size[0]
        return (nn.functional.interpolate(x, (side, side), mode="bilinear", antialias=True) - 0.5) / 0.25


def get_weight(name):
    assert name == "ResNet18_Weights.IMAGENET1K_V1"
    url = (Path(__file__).parent / "url.txt").read_text()
    return SimpleNamespace(url=url, transforms=_Transform)
'''


class FileServer:
    """Answers every path with ``content``. ``asked``: paths so far; ``status`` and ``announced`` may be set."""

    def __init__(self, content: bytes = b"") -> None:
        self.content, self.status, self.asked = content, 200, list[str]()
        self.announced: int | None = None
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.asked.append(self.path)
                self.send_response(stand_in.status)
                if stand_in.announced != 0:
                    self.send_header("Content-Length", str(stand_in.announced or len(stand_in.content)))
                self.end_headers()
                self.wfile.write(stand_in.content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def address(self, name: str = "resnet18") -> str:
        """The address of what is served, named for its SHA-256 as torchvision's files are."""
        return f"{self.url}/models/{name}-{hashlib.sha256(self.content).hexdigest()[:8]}.pth"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def saved(values: Any) -> bytes:
    """What torch.save writes."""
    file = io.BytesIO()
    torch.save(values, file)
    return file.getvalue()


def forget_torchvision() -> None:
    """Whatever of that name was imported, for instance a package that stood in for it, is imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]


def stand_in_package(folder: Path, url: str) -> Path:
    """A folder for the way to modules with a package ``torchvision`` in it, whose weights lie at this address."""
    package = folder / "site" / "torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(MODELS)
    (package / "url.txt").write_text(url)
    return package.parent
