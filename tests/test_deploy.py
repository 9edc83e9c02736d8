"""The files for running the lab for others say what is there; they are not run here."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
LAB = ("ray-head", "ray-worker", "app")
NOT_IN_GIT = {".git", ".venv", "build", "**/__pycache__", "*.egg-info"}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https:)([^)#]+)", GUIDE))))
def test_what_the_guide_links_to_is_there(link: str):
    assert (ROOT / "docs" / link).is_file()


def test_the_image_installs_what_the_guide_installs():
    command = 'python -m pip install {}--constraint constraints.txt --editable ".[postgresql,ray]"'
    assert command.format("") in GUIDE
    assert "RUN " + command.format("--no-cache-dir ") in DOCKERFILE
    assert {"postgresql", "ray"} <= set(EXTRAS)


def test_what_the_image_copies_and_starts_is_there():
    sources = [source for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()]
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    assert (ROOT / "server.py").is_file()
    assert '"server.py"' in DOCKERFILE
    assert set((ROOT / ".dockerignore").read_text(encoding="utf-8").split()) == NOT_IN_GIT


def test_all_containers_of_the_lab_share_image_database_and_folder():
    services = COMPOSE["services"]
    assert set(services) == {"database", *LAB}
    for name in LAB:
        environment = services[name]["environment"]
        assert services[name]["build"] == "."
        assert services[name]["volumes"] == ["data:/data"]
        assert environment["DESCENT_LAB_DATA"] == "/data"
        assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
        assert "@database/lab" in environment["DESCENT_LAB_DATABASE"]
    assert services["app"]["environment"]["DESCENT_LAB_RAY"] == "auto"
    assert set(COMPOSE["volumes"]) == {"data", "database"}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)


def test_the_cluster_in_containers_has_no_dashboard_and_the_server_trains_nothing():
    head = shlex.split(COMPOSE["services"]["ray-head"]["command"])
    assert {"--head", "--port=6379", "--num-cpus=0", "--include-dashboard=false"} <= set(head)
    assert "--address=ray-head:6379" in COMPOSE["services"]["ray-worker"]["command"]
    assert "--address=ray-head:6379 --num-cpus=0" in COMPOSE["services"]["app"]["command"]


def test_every_port_that_is_open_to_the_host_is_open_to_it_alone():
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports == ["127.0.0.1:8501:8501"]


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_lead_to_the_path_and_port_of_the_guide(name: str):
    text = (ROOT / "docs/deploy" / name).read_text(encoding="utf-8")
    assert "127.0.0.1:8501" in text
    assert "/lab" in text
    assert "--server.baseUrlPath lab" in GUIDE


def test_the_proxy_keeps_the_host_and_takes_the_largest_upload():
    text = (ROOT / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert "proxy_set_header Host $http_host;" in text
    assert "proxy_set_header Upgrade $http_upgrade;" in text
    room = re.search(r"client_max_body_size (\d+)m", text)
    assert room is not None
    assert int(room[1]) > settings["server"]["maxUploadSize"]
