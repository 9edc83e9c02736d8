"""The set-up of a run without a browser: every setting as a control and in the link, junk, refusals, own tables."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.training.setting_groups import OWN_TABLE, groups, shown
from experiments.training.words import COSTS
from networks.models import MODELS
from settings.hyperparameter import Hyperparameter
from tests.pages.opened_page import link, opened_page
from trainers.config import IMAGE_AUGMENTATION
from trainers.config.losses import LOSSES
from trainers.config.optimizers import OPTIMIZERS
from trainers.config.run_config import RunConfig
from trainers.config.schedules import SCHEDULES
from trainers.data.catalogue import DATA_SETS
from trainers.data.csv_table import keep_upload

TABLE = b"age,city,bought\n23,Bern,yes\n34,Basel,no\n45,Bern,yes\n51,Bern,no\n"


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page(Path(__file__).with_name("setup_page.py"), query)


def controls(app: AppTest) -> dict[str, Any]:
    """Every control of a setting by dotted name; a control that was made anew has a number after its name."""
    kinds = (app.selectbox, app.select_slider, app.toggle, app.number_input, app.text_input, app.multiselect)
    found = [widget for kind in kinds for widget in kind if str(widget.key).startswith("training.")]
    by_name = {str(widget.key).removeprefix("training.").partition(" ")[0]: widget for widget in found}
    assert len(by_name) == len(found), "two controls of one setting"
    return by_name


def told(app: AppTest) -> str:
    """Everything that is said in boxes, as it reads on the screen."""
    boxes = [box.value for kind in (app.warning, app.error, app.info) for box in kind]
    return "\n".join(boxes).replace("\\", "").replace("\N{WORD JOINER}", "")


def agree(app: AppTest) -> None:
    """Configuration, controls and link say the same."""
    config: RunConfig = app.session_state.config
    for name, widget in controls(app).items():
        if name not in OWN_TABLE:
            assert widget.value == config[name], name
    run = {"run": app.session_state.run} if app.session_state.run else {}
    assert link(app) == config.to_query() | run


def test_it_opens_with_the_defaults_and_no_complaint() -> None:
    app = opened()
    assert app.session_state.config == RunConfig()
    assert app.session_state.run is None
    assert not told(app)
    agree(app)


# Each data set, each model, each optimizer, each schedule and each loss at least once.
CASES = [
    *(
        {"data.name": data, "optimizer.name": optimizer, "schedule.name": schedule}
        for data, optimizer, schedule in zip(DATA_SETS, cycle(OPTIMIZERS), cycle(SCHEDULES), strict=False)
    ),
    *({"loss.name": key} for key in LOSSES),
    {"data.name": "noisy_sine", "model.name": "linear"},
    {"model.name": "logistic"},
    {"data.name": "digits", "model.name": "resnet"},
    {"data.name": "adding", "model.name": "rnn"},
    {"data.name": "adding", "model.name": "lstm"},
    {"data.name": "parity", "model.name": "transformer"},
]


@pytest.mark.parametrize("changes", CASES, ids=lambda changes: "-".join(changes.values()))
def test_every_setting_that_suits_has_a_control_with_its_value(changes: dict[str, str]) -> None:
    config = RunConfig().changed(changes)
    app = opened(config.to_query())
    assert not app.warning
    assert app.session_state.config == config
    suited = {name for group in groups(config) for name in (*group.sight, *group.drawer)}
    without_effect = {
        "data.scale_targets",
        "data.drop_giveaways",
        "model.pieces",
        "watch.mistakes",
        "regularization.jacobian",
        "regularization.activity_noise",
        *(f"augmentation.{name}" for name in IMAGE_AUGMENTATION),
    }
    assert set(config.settings()) - suited <= without_effect
    assert suited - set(controls(app)) <= set(OWN_TABLE)
    agree(app)


def _other(config: RunConfig, name: str) -> Any:
    """A value that differs from the setting's own and that its control can be moved to."""
    setting = shown(config, name)
    if setting.kind == "bool":
        return not config[name]
    if setting.kind == "choice":
        return next(key for key in setting.choices if key != config[name])
    return next(int(stop) if setting.kind == "int" else stop for stop in setting.slider_stops if stop != config[name])


@pytest.mark.parametrize(
    "start", [{}, {"data.name": "digits"}, {"data.name": "noisy_sine"}, {"data.name": "parity"}], ids=str
)
def test_every_control_moves_its_own_setting_and_the_link_brings_it_back(start: dict[str, str]) -> None:
    config = RunConfig().changed(start)
    app = opened(config.to_query())
    moved = {
        name: _other(config, name)
        for name in controls(app)
        if isinstance(config.settings()[name], Hyperparameter) and not name.endswith((".name", "seed"))
    }
    for name in (
        "budget.batch_size",
        "augmentation.cutmix",
        "regularization.jacobian",
        "regularization.sam",
    ):  # refused beside others; see the refusals
        moved.pop(name, None)
    assert len(moved) > 20
    for name, value in moved.items():
        controls(app)[name].set_value(value)
    app.run()
    assert app.session_state.config == config.changed(moved)
    agree(app)
    again = opened(link(app))
    assert again.session_state.config == config.changed(moved)
    assert not told(again)


@pytest.mark.parametrize("name", ["data.seed", "budget.seed"])
def test_a_seed_is_any_whole_number(name: str) -> None:
    app = opened()
    controls(app)[name].set_value(4_294_967_295).run()
    assert app.session_state.config[name] == 4_294_967_295
    assert opened(link(app)).session_state.config[name] == 4_294_967_295


def test_widths_of_the_layers_are_typed_and_refused_in_words() -> None:
    app = opened()
    controls(app)["model.widths"].set_value("8-6").run()
    assert app.session_state.config.model.widths == "8-6"
    assert any("8-6" in expander.label for expander in app.expander)
    controls(app)["model.widths"].set_value("8, 6").run()
    assert app.session_state.config.model.widths == "8-6"
    assert controls(app)["model.widths"].value == "8-6"
    assert "Widths of the layers was given '8, 6'; allowed is whole numbers" in told(app)


def test_parameters_are_counted_as_the_configuration_counts_them() -> None:
    app = opened({"data.name": "iris", "model.widths": "8-6"})
    assert app.session_state.config.parameter_count() == 4 * 8 + 8 + 8 * 6 + 6 + 6 * 3 + 3
    assert any("115 parameters" in expander.label for expander in app.expander)


@pytest.mark.parametrize("key", DATA_SETS)
def test_models_and_losses_that_suit_the_data_are_offered_and_no_others(key: str) -> None:
    app = opened()
    controls(app)["data.name"].set_value(key).run()
    config: RunConfig = app.session_state.config
    models = [m.name for m in MODELS.values() if config.inputs in m.inputs and config.task in m.tasks]
    losses = [loss.name for loss in LOSSES.values() if config.task in loss.tasks]
    assert sorted(controls(app)["model.name"].options) == sorted(models)
    assert controls(app)["loss.name"].options == losses
    agree(app)


def test_augmentation_of_images_is_offered_for_images_alone() -> None:
    assert {"augmentation.noise", "augmentation.mixup"} == {
        name for name in controls(opened()) if name.startswith("augmentation.")
    }
    assert "augmentation.flip" in controls(opened({"data.name": "digits"}))


def test_what_another_data_set_shares_is_kept_and_what_does_not_suit_follows_it() -> None:
    app = opened(
        {"data.name": "sine_continuation", "model.width": "64", "regularization.l2": "0.01", "data.noise": "0.35"}
    )
    controls(app)["data.name"].set_value("digits").run()
    config: RunConfig = app.session_state.config
    assert (config.model.name, config.loss.name, config.regularization.l2) == ("cnn", "cross_entropy", 0.01)
    agree(app)
    app = opened({"data.noise": "0.35", "model.width": "64"})
    controls(app)["data.name"].set_value("circles").run()
    assert (app.session_state.config.data.noise, app.session_state.config.model.width) == (0.35, 64)
    agree(app)


@pytest.mark.parametrize(
    ("query", "name", "value", "sentence"),
    [
        ({"model.normalization": "batch"}, "budget.batch_size", 1, "Batch normalization needs at least 2 rows"),
        ({"budget.batch_size": "1"}, "model.normalization", "batch", "Batch normalization needs at least 2 rows"),
        ({"regularization.clip_norm": "1.0"}, "optimizer.name", "lbfgs", "its gradient cannot be clipped"),
        ({"data.val_share": "0.7"}, "data.test_share", 0.5, "leave at least 5 %"),
        ({"data.name": "digits", "augmentation.mixup": "0.5"}, "augmentation.cutmix", 0.5, "choose one of them"),
    ],
)
def test_a_refused_combination_keeps_the_old_value_and_says_why(
    query: dict[str, str], name: str, value: Any, sentence: str
) -> None:
    app = opened(query)
    before = app.session_state.config
    controls(app)[name].set_value(value).run()
    assert app.session_state.config == before
    assert sentence in told(app)
    agree(app)
    controls(app)["data.label_noise"].set_value(0.1).run()
    assert not told(app), "a complaint ends with the next change"


def test_a_link_sets_every_control_and_what_cannot_be_used_is_named() -> None:
    app = opened(
        {
            "data.name": "spirals",
            "data.turns": "2.2",
            "optimizer.lr": "fast",
            "model.widht": "3",
            "speed": "9",
            "budget.epochs": "0",
            "run": "../../etc",
        }
    )
    assert app.session_state.config == RunConfig().changed({"data.name": "spirals", "data.turns": 2.2})
    assert app.session_state.run is None
    for part in ("'fast'", "model.widht", "'speed'", "epochs", "'../../etc'"):
        assert part in told(app)
    assert len(app.warning) == 5
    agree(app)
    controls(app)["data.label_noise"].set_value(0.1).run()
    assert not app.warning


def test_a_value_of_a_link_between_two_stops_is_kept_exactly() -> None:
    app = opened({"optimizer.lr": "0.005000000001", "data.train_size": "37", "budget.epochs": "123"})
    config: RunConfig = app.session_state.config
    assert (config.optimizer.lr, config.data.train_size, config.budget.epochs) == (0.005000000001, 37, 123)
    controls(app)["data.label_noise"].set_value(0.1).run()
    assert app.session_state.config.optimizer.lr == 0.005000000001
    agree(app)


def test_hostile_text_in_a_link_is_shown_as_text() -> None:
    app = opened({"![x](http://evil/x.png)": "1", "run": "<b>:material/home:</b>"})
    for box in app.warning:
        assert "](" not in box.value
        assert ":material" not in box.value
    assert "![x](http://evil/x.png)" in told(app)


def test_a_link_names_a_run_and_a_run_that_starts_is_in_the_link() -> None:
    app = opened({"run": "Ab3", "model.width": "8"})
    assert app.session_state.run == "Ab3"
    assert link(app)["run"] == "Ab3"
    app.button[1].click().run()
    assert link(app) == {"data.name": "moons", "model.width": "8", "run": "abc123"}


def test_a_preset_reaches_every_control_and_is_not_undone_by_the_next_move() -> None:
    app = opened({"data.noise": "0.5", "model.depth": "5"})
    app.button[0].click().run()
    preset = RunConfig().changed({"data.name": "spirals", "model.width": 64})
    assert app.session_state.config == preset
    agree(app)
    controls(app)["data.noise"].set_value(0.3).run()
    assert app.session_state.config == preset.changed({"data.noise": 0.3})
    agree(app)


def test_going_to_another_page_and_back_keeps_everything() -> None:
    app = opened({"data.name": "digits", "model.depth": "2", "run": "r1"})
    controls(app)["optimizer.name"].set_value("sgd").run()
    config = app.session_state.config
    app.session_state.away = True
    app.query_params.clear()
    app.run()
    app.session_state.away = False
    app.run()
    assert app.session_state.config == config
    assert app.session_state.run == "r1"
    agree(app)


def test_moves_in_quick_succession_that_carry_an_old_link_are_kept() -> None:
    app = opened({"data.noise": "0.5"})
    old = link(app)
    controls(app)["data.noise"].set_value(0.6).run()
    app.query_params.clear()
    for key, value in old.items():
        app.query_params[key] = value
    controls(app)["data.noise"].set_value(0.7).run()
    assert app.session_state.config.data.noise == 0.7
    assert link(app)["data.noise"] == "0.7"


def test_opening_another_link_replaces_the_configuration() -> None:
    app = opened({"data.noise": "0.5"})
    app.query_params.clear()
    app.query_params["data.name"] = "iris"
    app.run()
    assert app.session_state.config == RunConfig().changed({"data.name": "iris"})
    agree(app)


def test_what_is_watched_says_what_it_costs() -> None:
    app = opened({"data.name": "digits"})
    captions = [caption.value for caption in app.caption]
    assert {name for name in controls(app) if name.startswith("watch.")} - set(COSTS) == {
        "watch.every",
        "watch.checkpoint_every",
    }
    assert set(COSTS.values()) <= set(captions)


def test_a_downloaded_set_says_how_large_it_is() -> None:
    captions = "\n".join(caption.value for caption in opened({"data.name": "mnist"}).caption)
    assert "70,000 rows, 55 MB." in captions
    assert "OpenML" in captions


# ---- a table of one's own -----------------------------------------------------------------------------------------


def uploaded(app: AppTest, content: bytes, name: str = "table.csv") -> AppTest:
    app.file_uploader(key="training.upload").upload(name, content, "text/csv").run()
    assert not app.exception
    return app


def test_without_a_table_it_says_what_to_do() -> None:
    app = opened({"data.name": "csv"})
    assert "Choose a CSV file" in told(app)
    assert not app.dataframe


def test_an_uploaded_table_is_shown_and_its_last_column_is_the_target() -> None:
    app = uploaded(opened({"data.name": "csv"}), TABLE)
    config: RunConfig = app.session_state.config
    assert config.data.file == keep_upload(TABLE)
    assert list(app.dataframe[0].value.columns) == ["age", "city", "bought"]
    assert list(app.dataframe[0].value["age"]) == ["23", "34", "45", "51"]
    assert controls(app)["data.target"].value == "bought"
    assert controls(app)["data.task"].value == "classification"
    captions = [caption.value for caption in app.caption]
    assert "4 rows, 3 columns." in captions
    assert "The model gets 3 inputs and tells 2 classes apart." in captions  # age, city = Basel, city = Bern
    assert any(f"{config.parameters((3,), 2):,} parameters" in expander.label for expander in app.expander)
    again = opened(link(app))
    assert again.session_state.config == config
    assert not told(again)


def test_columns_get_their_roles_on_the_page() -> None:
    app = uploaded(opened({"data.name": "csv"}), TABLE)
    controls(app)["data.target"].set_value("age").run()
    controls(app)["data.task"].set_value("regression").run()
    config: RunConfig = app.session_state.config
    assert (config.data.target, config.task, config.loss.name) == ("age", "regression", "mse")
    controls(app)["data.features"].set_value(["bought", "city"]).run()
    assert json.loads(app.session_state.config.data.features) == ["bought", "city"]
    controls(app)["data.target"].set_value("city").run()
    assert json.loads(app.session_state.config.data.features) == ["bought"], "the target is no feature"
    controls(app)["data.features"].set_value([]).run()
    assert app.session_state.config.data.features == ""
    assert opened(link(app)).session_state.config == app.session_state.config


def test_a_column_of_many_numbers_is_taken_for_a_quantity() -> None:
    rows = b"".join(b"%d,%d\n" % (k, k * k) for k in range(30))
    app = uploaded(opened({"data.name": "csv"}), b"x,y\n" + rows)
    assert app.session_state.config.task == "regression"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n3\n", "line 3: the number of cells is 1; in the header it is 2"),
        (b"", "the file is empty"),
        (b"a\n1\n", "line 1: there is one column"),
        (b"a,b\n\x81,1\n", "line 2: this is text in neither UTF-8 nor Windows-1252"),
        (b"a,a\n1,2\n", "line 1: two columns are named 'a'"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(content: bytes, sentence: str) -> None:
    app = uploaded(opened({"data.name": "csv"}), content)
    assert f"table.csv was not taken, {sentence}" in told(app)
    assert app.session_state.config.data.file == ""


def test_columns_that_cannot_be_used_are_named_with_their_line() -> None:
    app = uploaded(opened({"data.name": "csv"}), b"x,y\n1,2\n2,3\nthree,4\n")
    assert "line 4: column 'x' was given 'three', which is no number" in told(app)


def test_rows_with_empty_cells_can_be_left_out_and_taken_back() -> None:
    rows = b"".join(b"%d,%s\n" % (k, b"ab"[k % 2 : k % 2 + 1] if k != 4 else b"") for k in range(30))
    app = uploaded(opened({"data.name": "csv"}), b"x,y\n" + rows)
    assert "line 6: column 'y' is empty; 1 of 30 rows have no value there" in told(app)
    box = controls(app)["data.drop_empty"]
    assert box.label == "Leave out the 1 of 30 rows that have an empty cell"
    box.set_value(True).run()
    assert not told(app)
    assert app.session_state.config.data.drop_empty
    assert "The model gets 1 input and tells 2 classes apart." in [caption.value for caption in app.caption]
    assert opened(link(app)).session_state.config == app.session_state.config
    controls(app)["data.drop_empty"].set_value(False).run()
    assert "column 'y' is empty" in told(app)


def test_what_was_guessed_of_a_file_is_said() -> None:
    app = uploaded(opened({"data.name": "csv"}), "sep=;\n;Größe;y\n1;5,5;a\n2;6,5;b\n3;7;a\n".encode("cp1252"))
    captions = "\n".join(caption.value.replace("\\", "") for caption in app.caption)
    for sentence in (
        "it was read as Windows-1252",
        "Cells are parted by semicolons.",
        "The first column has no name: it numbers the rows and is left out.",
        "Numbers with decimal commas in Größe.",
    ):
        assert sentence in captions
    assert list(app.dataframe[0].value["Größe"]) == ["5.5", "6.5", "7"]


def test_a_quantity_of_few_different_numbers_with_fractions_is_no_class() -> None:
    rows = b"".join(b"%d;%d,5\n" % (k, k % 10) for k in range(30))
    app = uploaded(opened({"data.name": "csv"}), b"x;y\n" + rows)
    assert app.session_state.config.task == "regression"


def test_a_link_to_a_table_that_is_not_here_says_so_until_it_is_uploaded() -> None:
    app = opened({"data.name": "csv", "data.file": "ab" * 32, "data.target": "y"})
    assert "not on this machine" in told(app)
    uploaded(app, TABLE)
    assert not told(app)
    assert app.session_state.config.data.target == ""


def test_a_link_with_a_path_in_place_of_a_table_is_refused() -> None:
    app = opened({"data.name": "csv", "data.file": "../../secret"})
    assert app.session_state.config.data.file == ""
    assert "'../../secret'" in told(app)


def test_a_target_that_the_table_lacks_is_named_and_can_be_chosen_anew() -> None:
    app = opened({"data.name": "csv", "data.file": keep_upload(TABLE), "data.target": "price"})
    assert "there is no column 'price'" in told(app)
    controls(app)["data.target"].set_value("bought").run()
    assert not told(app)


def test_hostile_names_of_files_and_columns_are_shown_as_text() -> None:
    hostile = "[x](javascript:alert(1)) ![i](http://evil/x.png) :material/home: <script>alert(1)</script>"
    app = uploaded(opened({"data.name": "csv"}), f"{hostile},y\nword,1\n,2\n".encode(), f"{hostile}.csv")
    assert hostile in app.dataframe[0].value.columns
    assert hostile in controls(app)["data.features"].options
    uploaded(app, b"a,b\n1\n", f"{hostile}.csv")
    assert hostile[:20] in told(app)
    for box in (*app.error, *app.warning):
        assert "](" not in box.value
        assert "<script>" not in box.value
        assert ":material" not in box.value
    shown_as_markdown = [element.value for kind in (app.caption, app.markdown) for element in kind]
    assert not any("evil" in text for text in shown_as_markdown)
