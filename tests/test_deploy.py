"""The files for running the lab for others say what is there; of them nginx's for several processes is run here."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import tomllib
import urllib.request
from collections import Counter
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from tests.browser.app_server import free_port
from tests.trainers.labs import until
from widgets.browser import OWN_COOKIE, new_cookie

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


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-several.conf", "Caddyfile"])
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


def _block(text: str, name: str) -> str:
    """From the line that begins so to the brace that ends it, at the same depth."""
    return re.search(rf"(?ms)^( *){re.escape(name)}.*?^\1}}", text)[0]  # type: ignore[index]


def test_one_process_and_several_differ_in_nothing_but_where_they_listen():
    folder = ROOT / "docs/deploy"
    one, several = ((folder / name).read_text(encoding="utf-8") for name in ("nginx.conf", "nginx-several.conf"))
    assert _block(several, "server {").replace("http://descent_lab;", "http://127.0.0.1:8501;") == _block(
        one, "server {"
    )
    units = [
        {
            line
            for line in (folder / name).read_text(encoding="utf-8").splitlines()
            if not line.startswith(("#", "Description=", "ExecStart=", "Environment=DESCENT_LAB_WORKERS="))
        }
        for name in ("descent-lab.service", "descent-lab@.service")
    ]
    assert units[0] == units[1]
    ports = set(re.findall(r"server 127\.0\.0\.1:(\d+);", several))
    assert ports == set(re.findall(r"descent-lab@(\d+)", GUIDE))
    assert f"$cookie_{OWN_COOKIE}" in several


class _Told(BaseHTTPRequestHandler):
    """Answers with the port that it listens on."""

    def do_GET(self) -> None:
        told = str(self.connection.getsockname()[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (Debian: nginx-light)")
def test_nginx_sends_a_visitor_to_the_same_process_and_visitors_to_all(tmp_path: Path):
    text = (ROOT / "docs/deploy/nginx-several.conf").read_text(encoding="utf-8")
    with ExitStack() as stack:
        listening = [stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _Told)) for _ in range(2)]
        for each in listening:
            Thread(target=each.serve_forever, daemon=True).start()
            stack.callback(each.shutdown)
        ports, own = [str(each.server_address[1]) for each in listening], free_port()
        for usual, port in zip(("8501", "8502"), ports, strict=True):
            text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{port}")
        text = re.sub(r"(?m)^ *ssl_.*\n", "", text).replace("listen 443 ssl", f"listen 127.0.0.1:{own}")
        folders = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = tmp_path / "nginx.conf"
        config.write_text(
            f"daemon off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{folders}{text}}}\n",
            encoding="utf-8",
        )
        nginx = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(config), "-e", f"{tmp_path}/error.log"])
        stack.callback(nginx.wait, 30)
        stack.callback(nginx.terminate)

        def asked(cookie: str = "") -> str:
            """Which process has answered."""
            headers = {"Cookie": f"other=1; {OWN_COOKIE}={cookie}"} if cookie else {}
            request = urllib.request.Request(f"http://127.0.0.1:{own}/lab/", headers=headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read().decode()

        until(lambda: nginx.poll() is not None or _listens(own))
        assert nginx.poll() is None, (tmp_path / "error.log").read_text()
        cookies = [new_cookie() for _ in range(40)]
        places = [asked(cookie) for cookie in cookies]
        assert [asked(cookie) for cookie in cookies] == places
        counts = Counter(places)
        assert set(counts) == set(ports)
        assert min(counts.values()) >= 5
        assert asked() == asked()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
