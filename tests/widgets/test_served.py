"""A component's files: one script, one for its worker, and they come back where a machine has tidied them away."""

from __future__ import annotations

from figures.frontend import FRONTEND
from widgets.served import serve_files, served_folder


def test_a_component_is_served_as_one_script_with_its_style_and_its_worker():
    serve_files("maps/streamlit.js", "maps/maps.css")
    folder = served_folder() / "maps"
    assert {each.name for each in folder.iterdir()} == {"streamlit.js", "worker.js", "maps.css"}
    assert "export default component(" in (folder / "streamlit.js").read_text(encoding="utf-8")
    assert "import " not in (folder / "worker.js").read_text(encoding="utf-8").partition("class ")[0]
    assert (folder / "maps.css").read_bytes() == (FRONTEND / "maps" / "maps.css").read_bytes()


def test_files_that_were_tidied_away_come_back():
    serve_files("address/streamlit.js", None)
    script = served_folder() / "address" / "streamlit.js"
    before = script.read_text(encoding="utf-8")
    script.unlink()
    serve_files("address/streamlit.js", None)
    assert script.read_text(encoding="utf-8") == before
