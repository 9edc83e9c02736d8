// The player of a neuron as a component of Streamlit: bytes in; a pick, a setting, the row and the view out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "../race/camera.js";
import "../race/charts.js";
import "../race/field.js";
import "../race/handles.js";
import "../race/kernel.js";
import "../race/legend.js";
import "../race/live.js";
import "../race/map.js";
import "../race/marks.js";
import "../race/overlay.js";
import "../race/panels.js";
import "../race/payload.js";
import "../race/picture.js";
import "../race/player.js";
import "../race/pointer.js";
import "../race/program.js";
import "../race/relief.js";
import "../race/runner.js";
import "../race/trails.js";
import "../race/transport.js";
import "../race/vectors.js";
import "../shared/axes.js";
import "../shared/batches.js";
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/playhead.js";
import "../shared/restored.js";
import "../shared/save.js";
import "../shared/view.js";
import "../shared/wire.js";
import "./answers.js";
import "./cells.js";
import "./chain.js";
import "./data.js";
import "./pictures.js";
import { mountNeuron } from "./player.js";
import "./plot.js";
import "./words.js";

export default component(mountNeuron, (hooks, { setStateValue, setTriggerValue }) => {
  hooks.onPick = (point) => setTriggerValue("pick", point);
  hooks.onSet = (setting) => setTriggerValue("set", setting);
  hooks.onRow = (row) => setTriggerValue("row", row);
  hooks.onView = (view) => setStateValue("view", view);
});
