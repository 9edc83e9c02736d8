"""Along with the class, over the wire: what is heard and when, what is refused, servers that end and come back."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from broadcast import MAX_BODY, Buckets
from tests.browser.app_server import ROOT, free_port, serve
from trainers.store.store import Store
from trainers.store.tables import ROOM_ANSWERS, ROOM_FOLLOWERS, ROOM_OFFERS, ROOMS

ANNA, BERT = "Anna00000000", "Bert00000000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serve(ROOT / "server.py", folder / "server.log", folder) as url:
        yield url.removeprefix("http://")


def say(address: str, what: str, body: Any = None, method: str = "POST", **headers: str | None) -> tuple[int, Any]:
    """Status and answer. headers: with _ for -, None leaves one out."""
    sent: dict[str, str | None] = {"Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    host, _, below = address.partition("/")
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        text = body if isinstance(body, bytes | str) else json.dumps(body or {})
        given = {name: value for name, value in sent.items() if value is not None}
        connection.request(method, f"/{below}/class/{what}".replace("//", "/"), text, given)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content.startswith(b"{") else content.decode()
    finally:
        connection.close()


class Listener:
    """Somebody who listens to a room; ``hear`` gives what comes until it is what is awaited."""

    def __init__(self, address: str, told: dict[str, Any]) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.connection.request("POST", "/class/events", json.dumps(told), {"Content-Type": "application/json"})
        self.answer = self.connection.getresponse()

    def hear(self, awaited: Callable[[dict[str, Any]], object] = lambda _told: True) -> dict[str, Any]:
        while line := self.answer.readline():
            if line.startswith(b"data: ") and awaited(told := json.loads(line[6:])):
                return told
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


class Class:
    """A room that is open, and its lecturer."""

    def __init__(self, address: str) -> None:
        self.address = address
        status, told = say(address, "open")
        assert status == 200, told
        self.code, self.key, self.link, self.qr = told["room"], told["key"], told["link"], told["qr"]

    def lecturer(self, what: str, **told: Any) -> tuple[int, Any]:
        return say(self.address, what, {"room": self.code, "key": self.key, **told})

    def student(self, what: str, id: str = ANNA, **told: Any) -> tuple[int, Any]:
        return say(self.address, what, {"room": self.code, "id": id, **told})


@pytest.fixture
def room(address: str) -> Iterator[Class]:
    opened = Class(address)
    yield opened
    opened.lecturer("close")


@pytest.fixture(scope="module")
def attacked(address: str) -> Class:
    """The room that all hostile posts go to: rooms that are opened from one network are few."""
    return Class(address)


@pytest.fixture
def listen(address: str) -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def listen(room: Class, **told: Any) -> Listener:
        made.append(Listener(room.address, {"room": room.code, **told}))
        return made[-1]

    yield listen
    for each in made:
        each.close()


def test_buckets_are_one_for_each_name():
    buckets = Buckets(rate=0, most=1)
    assert [buckets.take(name) for name in ("a", "b", "a", "b")] == [True, True, False, False]


def test_a_room_has_a_link_and_the_same_as_a_code_for_cameras(address: str, room: Class):
    assert room.link == f"http://{address}/join?room={room.code}"
    assert len(room.qr) == len(room.qr[0]) == 29
    assert room.lecturer("teach") == (200, {"link": room.link, "qr": room.qr})


def test_followers_hear_the_link_and_the_lecturer_who_is_there(room: Class, listen: Callable[..., Listener]):
    anna, lecturer = listen(room, id=ANNA), listen(room, key=room.key)
    first = anna.hear()
    assert (first["path"], first["query"], first["vote"]) == ("", "", None)
    assert "following" not in first
    lecturer.hear(lambda told: (told["following"], told["alone"]) == (1, 0))
    assert room.lecturer("show", path="descent", query="?steps=300&screen=large&embed_options=dark_theme")[0] == 200
    told = anna.hear(lambda told: told["path"] == "descent")
    assert told["query"] == "steps=300", "how the lecturer looks at it stays his own"
    assert not told["front"]
    assert room.student("follow", follows=False)[0] == 200
    lecturer.hear(lambda told: (told["following"], told["alone"]) == (0, 1))
    assert room.student("leave")[0] == 200
    lecturer.hear(lambda told: (told["following"], told["alone"]) == (0, 0))
    assert room.lecturer("close")[0] == 200
    assert anna.hear(lambda told: "gone" in told) == lecturer.hear(lambda told: "gone" in told)


def test_a_vote_is_opened_answered_closed_and_shown(room: Class, listen: Callable[..., Listener]):
    anna, bert = listen(room, id=ANNA), listen(room, id=BERT)
    lecturer = listen(room, key=room.key)
    assert room.lecturer("vote", question="Which one wins?", choices=["SGD", "Adam"])[0] == 200
    vote = anna.hear(lambda told: told["vote"])["vote"]
    assert (vote["question"], vote["choices"], vote["open"], vote["shown"]) == (
        "Which one wins?",
        ["SGD", "Adam"],
        True,
        False,
    )
    assert "bars" not in vote
    assert room.student("answer", vote=vote["number"], answer=0)[0] == 200
    assert room.student("answer", vote=vote["number"], answer=1)[0] == 200, "a mind may change"
    assert room.student("answer", BERT, vote=vote["number"], answer=1)[0] == 200
    told = lecturer.hear(lambda told: told["vote"] and told["vote"]["count"] == 2 and told["vote"]["bars"][1][1] == 2)
    assert told["vote"]["bars"] == [["SGD", 0], ["Adam", 2]]
    assert room.lecturer("vote", open=False, shown=True)[0] == 200
    shown = bert.hear(lambda told: told["vote"] and told["vote"]["shown"])["vote"]
    assert shown["bars"] == [["SGD", 0], ["Adam", 2]]
    assert ANNA not in json.dumps(shown)
    assert room.student("answer", vote=vote["number"], answer=0) == (400, {"error": "That vote is closed."})
    assert room.lecturer("vote", question="How many steps?")[0] == 200
    number = anna.hear(lambda told: told["vote"] and not told["vote"]["choices"])["vote"]["number"]
    assert room.student("answer", vote=number, answer=12.5)[0] == 200
    told = lecturer.hear(lambda told: told["vote"] and told["vote"]["number"] == number and told["vote"]["count"])
    assert (told["vote"]["bars"], told["vote"]["median"]) == ([["12.5", 1]], 12.5)
    assert room.lecturer("vote", end=True)[0] == 200
    anna.hear(lambda told: told["vote"] is None)


def test_a_view_that_is_offered_goes_to_the_front_and_back(room: Class, listen: Callable[..., Listener]):
    anna, lecturer = listen(room, id=ANNA), listen(room, key=room.key)
    assert room.student("offer", path="line", query="surface=cliff")[0] == 200
    assert room.student("offer", path="line", query="surface=wells")[0] == 200
    (offer,) = lecturer.hear(lambda told: told["offers"] and "wells" in told["offers"][0]["query"])["offers"]
    assert (offer["path"], offer["query"]) == ("line", "surface=wells")
    assert "offers" not in anna.hear()
    assert room.lecturer("show", path=offer["path"], query=offer["query"], front=True)[0] == 200
    assert anna.hear(lambda told: told["front"])["query"] == "surface=wells"
    assert room.lecturer("drop", offer=offer["number"])[0] == 200
    lecturer.hear(lambda told: not told["offers"])
    assert room.lecturer("show", path="descent", query="")[0] == 200
    anna.hear(lambda told: not told["front"] and told["path"] == "descent")


def test_nothing_of_a_student_stays_when_the_room_is_closed(folder: Path, room: Class, listen: Callable[..., Listener]):
    listen(room, id=ANNA).hear()
    assert room.lecturer("vote", question="Sure?", choices=["Yes", "No"])[0] == 200
    assert room.student("answer", vote=1, answer=1)[0] == 200
    assert room.student("offer", path="line", query="")[0] == 200
    store = Store.open(folder=folder)
    try:
        with store.transaction(writes=False) as connection:
            (follower,) = connection.execute(ROOM_FOLLOWERS.select().where(ROOM_FOLLOWERS.c.room == room.code))
        assert set(follower._mapping) == {"room", "id", "seen", "follows"}
        assert room.lecturer("close")[0] == 200
        with store.transaction(writes=False) as connection:
            for table in (ROOM_FOLLOWERS, ROOM_ANSWERS, ROOM_OFFERS):
                assert not connection.execute(table.select().where(table.c.room == room.code)).all()
            assert not connection.execute(ROOMS.select().where(ROOMS.c.code == room.code)).all()
    finally:
        store.close()


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"Origin": "https://evil.example"}, 403, "of this lab"),
        ({"Origin": "null"}, 403, "of this lab"),
        ({"Sec_Fetch_Site": "cross-site"}, 403, "of this lab"),
        ({"Content_Type": "text/plain"}, 415, "application/json"),
        ({"Content_Type": None}, 415, "application/json"),
    ],
)
def test_pages_of_others_say_nothing_to_a_class(address: str, headers: dict[str, Any], status: int, says: str):
    code, answer = say(address, "open", **headers)
    assert code == status
    assert says in answer["error"]


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE"])
def test_there_is_nothing_but_posts(address: str, method: str):
    assert say(address, "events", method=method)[0] == 405


@pytest.mark.parametrize("body", ["", "{", b"\xff\xfe", "[" * 10_000, "[]", "1", '"x"', "null"])
def test_what_is_no_object_is_refused(address: str, body: str | bytes):
    code, answer = say(address, "follow", body)
    assert code == 400
    assert "JSON" in answer["error"]


def test_what_is_too_long_or_unknown_is_refused(address: str):
    assert say(address, "open", "x" * (MAX_BODY + 1))[0] == 413
    assert say(address, "nothing")[0] == 404


@pytest.mark.parametrize("code", [None, 5, "", "AAAAA", "KDMP", "KDMPTX", "' OR 1=1", "KDMPT", {"a": 1}, "\x00" * 5])
def test_codes_that_are_none_are_refused_with_a_sentence(address: str, code: Any):
    status, answer = say(address, "follow", {"room": code, "id": ANNA})
    assert status == 404
    assert "Look at the code again" in answer["error"]
    assert say(address, "events", {"room": code, "id": ANNA})[1]["gone"]


@pytest.mark.parametrize("id", [None, 1, "", "a", "a" * 25, "a" * 11 + "-", "../../../../etc", ["a"], "ä" * 12])
def test_ids_that_are_none_are_refused(attacked: Class, id: Any):
    for what in ("follow", "leave", "answer", "offer", "events"):
        status, answer = attacked.student(what, id, path="line", query="", vote=1, answer=0)
        assert (status, "letters and digits" in answer["error"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("//evil.example", ""),
        ("https://evil.example", ""),
        ("javascript:alert(1)", ""),
        ("../runs", ""),
        ("line\n", ""),
        (5, ""),
        ("line", None),
        ("line", "x" * 9000),
        ("line", "&".join(f"a{n}=1" for n in range(500))),
        ("line", "a=%00"),
        ("line", "a\r\n=1"),
        ("line", "a=\ud800"),
        ("line", "a=%ff"),
    ],
)
def test_links_that_are_none_of_the_lab_are_refused(attacked: Class, path: Any, query: Any):
    assert attacked.student("follow")[0] == 200
    for status, answer in (
        attacked.lecturer("show", path=path, query=query),
        attacked.student("offer", path=path, query=query),
    ):
        assert status == 400
        assert 10 < len(answer["error"]) < 200


@pytest.mark.parametrize(
    "vote",
    [
        {"question": ""},
        {"question": "x" * 301},
        {"question": 5},
        {"question": "\x00"},
        {"question": "\ud800"},
        {"question": "Which?", "choices": ["one"]},
        {"question": "Which?", "choices": list("abcdefg")},
        {"question": "Which?", "choices": ["a", "a"]},
        {"question": "Which?", "choices": ["a", ""]},
        {"question": "Which?", "choices": "ab"},
        {"question": "Which?", "choices": ["a", {"b": 1}]},
    ],
)
def test_votes_that_nobody_could_answer_are_refused(attacked: Class, vote: dict[str, Any]):
    status, answer = attacked.lecturer("vote", **vote)
    assert status == 400
    assert 10 < len(answer["error"]) < 200


@pytest.mark.parametrize("answer", [None, True, "1", 0.5, -1, 2, 1e300, [0], {"a": 1}])
def test_answers_that_are_none_are_refused(attacked: Class, answer: Any):
    assert attacked.student("follow")[0] == 200
    assert attacked.lecturer("vote", question="Which?", choices=["a", "b"])[0] == 200
    assert attacked.student("answer", vote=1, answer=answer)[0] == 400
    body = f'{{"room": "{attacked.code}", "id": "{ANNA}", "vote": 1, "answer": NaN}}'
    assert say(attacked.address, "answer", body)[0] == 400


def test_only_the_lecturer_leads_and_only_who_has_joined_answers(attacked: Class):
    for key in (None, "", "x", attacked.key[:-1], 5):
        for what in ("teach", "show", "vote", "drop", "close", "events"):
            told = {"path": "line", "query": "", "offer": 1, "question": "Really?", "key": key}
            assert say(attacked.address, what, {"room": attacked.code, **told})[0] == 403, what
    assert attacked.lecturer("vote", question="Sure?")[0] == 200
    assert attacked.student("answer", "Nobody000000", vote=1, answer=1)[0] == 400
    assert attacked.student("offer", "Nobody000000", path="line", query="")[0] == 400


def test_one_who_floods_the_class_is_stopped_and_the_others_are_not(attacked: Class):
    assert attacked.student("follow", BERT)[0] == 200
    statuses: list[int] = []

    def flood(_: int) -> None:
        """Until one is refused; one at a time comes no faster than a busy machine answers, which may be slow enough."""
        while 429 not in statuses and len(statuses) < 4_000:
            statuses.append(attacked.student("follow")[0])

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(flood, range(16)))
    assert statuses[0] == 200
    assert 429 in statuses
    assert attacked.student("follow", BERT)[0] == 200
    assert attacked.lecturer("show", path="line", query="")[0] == 200


def test_where_only_the_teacher_opens_rooms_the_word_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from broadcast import class_routes

    monkeypatch.setenv("DESCENT_LAB_ROOMS", "teacher")
    monkeypatch.setenv("DESCENT_LAB_TEACHER", "open sesame")
    client = TestClient(Starlette(routes=class_routes("")))
    answers = [client.post("/class/open", json={"word": "wrong"}) for _ in range(8)]
    assert "not the teacher's word" in answers[0].json()["error"]
    assert answers[-1].status_code == 429
    assert client.post("/class/open", json={}).status_code in (403, 429)


def test_a_class_goes_on_over_two_servers_and_when_one_starts_anew(tmp_path: Path):
    port, folder = free_port(), tmp_path / "data"
    with serve(ROOT / "server.py", tmp_path / "one.log", folder, below="lab") as first:
        with serve(ROOT / "server.py", tmp_path / "two.log", folder, port=port) as second:
            room = Class(first.removeprefix("http://"))
            assert room.link == f"{first}/join?room={room.code}"
            there = Listener(second.removeprefix("http://"), {"room": room.code, "id": ANNA})
            there.hear()
            assert room.lecturer("show", path="line", query="surface=cliff")[0] == 200
            assert there.hear(lambda told: told["path"])["query"] == "surface=cliff"
            begun = time.monotonic()
        assert time.monotonic() - begun < 25, "a listener does not keep a server that is told to end"
        assert there.answer.read().strip(b":\n") == b"", "it was told to the end, and no more"
        there.close()
        assert room.lecturer("show", path="line", query="surface=wells")[0] == 200
        with serve(ROOT / "server.py", tmp_path / "three.log", folder, port=port) as again:
            back = Listener(again.removeprefix("http://"), {"room": room.code, "id": ANNA})
            assert back.hear()["query"] == "surface=wells"
            back.close()
