"""Runs in the store: what is written is read, on both databases; what may not be is refused with a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from tests.trainers.databases import report_at
from tests.trainers.store.test_store_codec import FINDING
from trainers import RunConfig
from trainers.data.facts import DataFacts
from trainers.data.splits import Leaks
from trainers.report import Score
from trainers.store import RunFilter, store
from trainers.store.store import Store, StoreError
from trainers.store.tables import EXPERIMENTS, FACTS, PICTURES, REPORTS, RUNS, SCHEMA

CONFIG = RunConfig()
OTHER = CONFIG.changed({"optimizer.lr": 0.003})
FACTS_OF_MOONS = DataFacts(
    rows=(60, 20, 20),
    features=("x", "y"),
    classes=("a", "b"),
    target="class",
    shape=(2,),
    flipped=3,
    leaks=Leaks(shared_val=1, shared_test=0, val_rows=20, test_rows=20, giveaways=(("x", 0.99),)),
    leak_sentences=("One row is shared.",),
    reference_metric=0.97,
    points={"train_x": np.arange(5, dtype=np.float32), "train_class": np.arange(5, dtype=np.uint8)},
)


def tamper(opened: Store, statement) -> None:
    """Change the database behind the back of the store."""
    with opened._database.writing() as connection:
        connection.execute(statement)


def rows_of(opened: Store, table) -> int:
    with opened._database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_new_run_waits_and_is_read_as_it_was_made(store):
    before = datetime.now(UTC)
    made = store.create(CONFIG, name="Mine", device="cpu", role="left", parameters=42)
    assert store.run(made.id) == made
    assert (made.status, made.wanted, made.name, made.device, made.role) == ("queued", "run", "Mine", "cpu", "left")
    assert (made.config, made.parameters, made.last, made.generation) == (CONFIG, 42, 0, 0)
    assert before - timedelta(seconds=1) <= made.created <= datetime.now(UTC)
    assert made.active
    assert made.ended is None
    assert len(made.id) == 10
    assert made.id.isalnum()


def test_a_run_without_a_name_is_named_for_its_data_and_model(store):
    assert store.create(CONFIG).name == "Two moons, Multilayer perceptron"
    assert store.create(None, status="imported").name == "Imported curves"


def test_imported_curves_have_no_configuration_and_have_ended(store):
    made = store.create(None, name="From elsewhere", status="imported")
    assert made.config is None
    assert not made.active
    assert made.ended is not None


def test_everything_that_can_be_set_comes_back(store):
    moment = datetime(2030, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    given = {
        "name": "Neu",
        "status": "running",
        "sentence": "Training.",
        "wanted": "pause",
        "config": OTHER,
        "device": None,
        "device_name": "CPU",
        "started": moment,
        "ended": moment + timedelta(seconds=1),
        "epoch": 2.5,
        "step": 2**40,
        "seconds": 1.25,
        "samples_per_second": 9.5,
        "train_loss": 0.125,
        "val_loss": 0.25,
        "train_metric": 0.5,
        "val_metric": 0.75,
        "best_epoch": 2.0,
        "best_val_loss": 0.2,
        "parameters": 10**9,
        "findings": (FINDING,),
        "test": Score(loss=0.5, metric=0.875, rows=20, confusion=((9, 1), (2, 8))),
        "facts": FACTS_OF_MOONS,
        "parent": "abcdefghij",
        "parent_epoch": 1.5,
        "experiment": store.create_experiment("Both", "preset").id,
        "role": "right",
        "resume": "klmnopqrst",
        "worker": "host 12 34",
        "heartbeat": moment,
    }
    run = store.create(CONFIG)
    back = store.update(run.id, **given)
    assert back == store.run(run.id)
    assert {name: getattr(back, name) for name in given} == given
    assert np.array_equal(back.facts.points["train_x"], np.arange(5, dtype=np.float32))
    assert back.revision == run.revision + 1


def test_every_change_of_a_row_grows_its_revision(store):
    run = store.create(CONFIG)
    seen = [run.revision]
    for change in (
        lambda: store.update(run.id, sentence="a"),
        lambda: store.rename(run.id, "b"),
        lambda: store.claim(run.id, "w"),
        lambda: store.add_reports(run.id, [report_at(1)]),
        lambda: store.add_reports(run.id, [], drop_after_step=0),
    ):
        change()
        seen.append(store.run(run.id).revision)
    assert seen == list(range(seen[0], seen[0] + 6))


def test_a_column_that_is_the_stores_own_is_refused(store):
    run = store.create(CONFIG)
    for name in ("created", "revision", "generation", "last", "number", "about", "nothing"):
        with pytest.raises(ValueError, match=f"no column '{name}'"):
            store.update(run.id, **{name: 1})
    assert store.run(run.id) == run


def test_a_value_that_no_run_has_is_refused(store):
    run = store.create(CONFIG)
    refused = {
        "status": ["done", None, ""],
        "wanted": ["everything"],
        "name": [" \n ", "x" * 81],
        "epoch": [float("nan"), None],
        "started": [datetime(2030, 1, 1)],
    }
    for name, values in refused.items():
        for value in values:
            with pytest.raises(ValueError, match="was given"):
                store.update(run.id, **{name: value})
    assert store.run(run.id) == run


def test_a_change_of_a_run_that_is_gone_is_none(store):
    assert store.update("abcdefghij", sentence="x") is None
    assert store.rename("abcdefghij", "x") is None
    assert not store.claim("abcdefghij", "w")


def test_starting_and_ending_set_the_times(store):
    run = store.create(CONFIG)
    running = store.update(run.id, status="running")
    assert running.started is not None
    assert running.ended is None
    ended = store.update(run.id, status="finished")
    assert ended.started == running.started
    assert ended.ended >= running.started
    again = store.update(run.id, status="queued")
    assert again.ended is None


def test_a_waiting_run_is_claimed_once(store):
    run = store.create(CONFIG)
    assert store.claim(run.id, "first")
    assert not store.claim(run.id, "second")
    assert (store.run(run.id).status, store.run(run.id).worker) == ("starting", "first")


def test_runs_are_listed_newest_first_and_page_by_page(store):
    ids = [store.create(CONFIG, name=f"Number {i}").id for i in range(5)]
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs(limit=2, offset=1)] == [ids[3], ids[2]]
    assert store.runs(limit=0) == []
    assert store.count() == 5


def test_runs_are_found_by_status_experiment_and_words(store):
    together = store.create_experiment("Rates", "preset")
    first = store.create(CONFIG, name="Straße 100%", experiment=together.id, role="low")
    second = store.create(RunConfig().changed({"data.name": "iris"}), name="flowers", status="stopped")
    assert [run.id for run in store.runs(RunFilter(statuses=("stopped", "failed")))] == [second.id]
    assert store.runs(RunFilter(statuses=())) == []
    assert [run.id for run in store.runs(RunFilter(experiment=together.id))] == [first.id]
    for words in ("STRASSE", "100%", "moons low", "perceptron straße", "ADAM moons"):
        assert [run.id for run in store.runs(RunFilter(search=words))] == [first.id], words
    assert [run.id for run in store.runs(RunFilter(search="iris"))] == [second.id]
    assert store.count(RunFilter(search="iris adam")) == 1
    for words in ("_", "10_%", "%", "' OR 1=1 --", "moons flowers"):
        assert store.count(RunFilter(search=words)) == (1 if words == "%" else 0), words
    store.rename(second.id, "Blumen")
    assert store.count(RunFilter(search="flowers")) == 0
    assert store.count(RunFilter(search="blumen iris")) == 1


def test_a_changed_configuration_is_what_a_search_finds(store):
    run = store.create(CONFIG)
    store.update(run.id, config=RunConfig().changed({"data.name": "wine"}))
    assert store.count(RunFilter(search="wine")) == 1
    assert store.count(RunFilter(search="moons")) == 1  # still its name
    store.rename(run.id, "Mine")
    assert store.count(RunFilter(search="moons")) == 0
    assert store.same_config(RunConfig().changed({"data.name": "wine"}), statuses=("queued",)).id == run.id


def test_the_newest_run_of_the_same_configuration_is_found(store):
    older, newer = (store.create(CONFIG) for _ in range(2))
    store.create(OTHER)
    assert store.same_config(CONFIG) is None
    for run in (older, newer):
        store.update(run.id, status="finished")
    assert store.same_config(RunConfig.from_json(CONFIG.to_json())).id == newer.id
    assert store.same_config(OTHER, statuses=("queued",)).config == OTHER


@pytest.mark.parametrize("epoch", [0.0, 3.0])
def test_what_was_forked_from_another_run_does_not_stand_for_its_configuration(store, epoch):
    own = store.create(CONFIG)
    store.create(CONFIG, parent=own.id, parent_epoch=epoch)
    assert store.same_config(CONFIG, statuses=("queued",)).id == own.id
    store.update(own.id, status="failed")
    assert store.same_config(CONFIG, statuses=("queued",)) is None


def test_runs_of_a_configuration_are_listed_newest_first(store):
    ids = [store.create(CONFIG).id for _ in range(3)]
    store.create(OTHER)
    assert [run.id for run in store.of_config(CONFIG, ("queued",))] == ids[::-1]
    assert [run.id for run in store.of_config(CONFIG, ("queued",), limit=2)] == [ids[2], ids[1]]


def test_hostile_names_are_only_text(store):
    names = ["<script>alert(1)</script>", "'; DROP TABLE runs; --", "${7*7} {{7*7}} %s", "a\u202eb\x00c\nd"]
    ids = [store.create(CONFIG, name=name).id for name in names]
    assert [store.run(id).name for id in ids] == [*names[:3], "ab c d"]
    assert store.count() == 4


def test_a_name_that_is_too_long_is_cut_when_a_run_is_made_and_refused_when_it_is_renamed(store):
    run = store.create(CONFIG, name="n" * 500)
    assert len(run.name) == 80
    with pytest.raises(ValueError, match="allowed are 1 to 80"):
        store.rename(run.id, "n" * 81)
    assert store.rename(run.id, "  new  ").name == "new"


def test_an_id_that_no_run_can_have_finds_nothing(store):
    for junk in ("", "x" * 5000, "a\x00b", "' OR 1=1", "../../etc/passwd", "\ud800"):
        assert store.run(junk) is None
        assert store.experiment(junk) is None
        assert store.reports(junk) == store.album(junk) == store.checkpoints(junk) == []
        assert store.runs(RunFilter(experiment=junk)) == []
        assert store.update(junk, sentence="x") is None
        assert not store.claim(junk, "w")
        store.delete([junk])
        with pytest.raises(ValueError, match="checkpoint"):
            store.checkpoint_bytes(junk)
        with pytest.raises(ValueError, match="no run"):
            store.add_reports(junk, [report_at(1)])


def test_a_run_is_deleted_with_everything_that_belongs_to_it(store, tmp_path):
    together = store.create_experiment("Both", "remedy", {"run": "x"})
    kept, gone = (store.create(CONFIG, experiment=together.id) for _ in range(2))
    for run in (kept, gone):
        store.add_reports(run.id, [report_at(1, pictures={"a": [1.0]})], facts=FACTS_OF_MOONS)
        store.keep_checkpoint(run.id, b"weights", "best", 1.0, 10)
        store.update(run.id, status="finished")
    store.delete([gone.id])
    assert store.run(gone.id) is None
    assert [rows_of(store, table) for table in (RUNS, REPORTS, PICTURES, FACTS)] == [1, 1, 1, 1]
    assert not (tmp_path / "checkpoints" / gone.id).exists()
    assert (tmp_path / "checkpoints" / kept.id).exists()
    assert store.experiment(together.id) == together
    store.delete([kept.id, "abcdefghij"])
    assert [rows_of(store, table) for table in (RUNS, REPORTS, PICTURES, FACTS, EXPERIMENTS)] == [0] * 5


def test_an_active_run_is_not_deleted_and_neither_are_those_chosen_with_it(store):
    done = store.create(CONFIG, status="stopped")
    for status in ("queued", "starting", "running", "paused"):
        active = store.create(CONFIG, name="Busy", status=status)
        with pytest.raises(ValueError, match=f"Busy is {status}"):
            store.delete([done.id, active.id])
    assert store.count() == 5


def test_a_run_whose_checkpoint_is_waited_for_is_not_deleted(store):
    parent = store.create(CONFIG, status="stopped")
    kept = store.keep_checkpoint(parent.id, b"weights", "last", 1.0, 10)
    child = store.create(CONFIG, resume=kept.id)
    with pytest.raises(ValueError, match="another run"):
        store.delete([parent.id])
    store.update(child.id, status="stopped")
    store.delete([parent.id])
    assert store.run(parent.id) is None


def test_no_more_runs_are_made_than_are_kept(store, monkeypatch):
    monkeypatch.setattr("trainers.store.changes.MAX_RUNS", 2)
    first, _ = store.create(CONFIG, status="stopped"), store.create(CONFIG)
    with pytest.raises(StoreError, match="Delete some"):
        store.create(CONFIG)
    store.delete([first.id])
    assert store.create(CONFIG).status == "queued"


def test_an_experiment_is_read_as_it_was_made(store):
    claim = {"run": "abc", "changes": {"optimizer.lr": 0.1}, "epoch": 3.5}
    made = store.create_experiment("Lower rate", "remedy", claim)
    assert store.experiment(made.id) == made
    assert (made.title, made.kind, made.claim) == ("Lower rate", "remedy", claim)
    with pytest.raises(ValueError, match="allowed is one of preset, remedy, search"):
        store.create_experiment("x", "other")
    with pytest.raises(ValueError, match="JSON"):
        store.create_experiment("x", "preset", {"loss": float("nan")})
    with pytest.raises(ValueError, match="no experiment"):
        store.create(CONFIG, experiment="abcdefghij")


def test_small_values_are_remembered(store):
    assert store.remembered("reference moons") is None
    for value in ({"metric": 0.97}, [1, None], "text", 0):
        store.remember("reference moons", value)
        assert store.remembered("reference moons") == value
    assert store.remembered("a\x00") is None
    for key, value in (("", 1), ("k" * 201, 1), ("k\n", 1), ("k", object()), ("k", "x" * 30_000)):
        with pytest.raises(ValueError, match="was given"):
            store.remember(key, value)


def test_a_damaged_row_is_shown_with_a_sentence_and_the_others_as_ever(store):
    good, bad = store.create(CONFIG), store.create(CONFIG)
    store.update(bad.id, sentence="Training.")
    for column in ("config", "findings", "test"):
        for damage in ("{", "[1, 2]", '{"version": 99}', "[" * 50_000, "3"):
            tamper(store, RUNS.update().where(RUNS.c.id == bad.id).values(**{column: damage}))
            shown, other = store.runs()
            assert other == good
            assert shown.sentence == f"Training. Its stored {column} cannot be read."
            assert (shown.config is None) == (column == "config")
        tamper(
            store,
            RUNS.update().where(RUNS.c.id == bad.id).values({column: CONFIG.to_json() if column == "config" else None}),
        )
    assert store.run(bad.id).sentence == "Training."


def test_damaged_facts_are_told_too(store):
    run = store.create(CONFIG)
    store.update(run.id, facts=FACTS_OF_MOONS)
    tamper(store, FACTS.update().values(content=b"junk"))
    other = Store.open(store._database.url.render_as_string(hide_password=False), store._folder.parent)
    shown = other.runs()[0]
    assert (shown.facts, shown.sentence) == (None, "Its stored facts cannot be read.")
    other.close()


def test_facts_of_thousands_of_rows_are_read_once(store):
    run = store.create(CONFIG)
    store.update(run.id, facts=FACTS_OF_MOONS)
    assert store.run(run.id).facts is store.run(run.id).facts
    store.update(run.id, facts=None)
    assert store.run(run.id).facts is None


def test_a_store_opened_again_has_what_was_stored(store, database, tmp_path):
    run = store.create(CONFIG, name="Kept")
    store.add_reports(run.id, [report_at(1)])
    again = Store.open(database, tmp_path)
    assert again.run(run.id) == store.run(run.id)
    assert again.reports(run.id) == store.reports(run.id)
    again.close()


def test_a_database_of_another_version_is_refused_with_a_sentence(store, database, tmp_path):
    tamper(store, SCHEMA.update().values(version=99))
    for _ in range(2):  # refused once, refused again
        with pytest.raises(StoreError, match="has version 99, and this program reads version 1"):
            Store.open(database, tmp_path)


def test_ids_are_not_guessed():
    assert len({store.new_id() for _ in range(1000)}) == 1000


def test_runs_of_searches_are_left_out_where_a_list_asks_for_that(store):
    alone = store.create(RunConfig())
    preset = store.create_experiment("Two rates", "preset")
    search = store.create_experiment("Search: lr", "search", {"job": "x"})
    together = store.create(RunConfig(), experiment=preset.id)
    many = [store.create(RunConfig(), experiment=search.id, role=f"grid {n}, seed 0") for n in range(3)]
    assert [run.id for run in store.runs(RunFilter(searched=False))] == [together.id, alone.id]
    assert store.count(RunFilter(searched=False)) == 2
    assert store.count() == 5
    assert store.searches() == [(search, 3)]
    store.update(many[0].id, status="stopped")
    store.delete([many[0].id])
    assert store.searches() == [(search, 2)]
    store.update(many[1].id, visitor=f"{'a' * 16}@x")
    assert store.searches(owner="a" * 16) == [(search, 1)]
    assert store.searches(owner="b" * 16) == []
