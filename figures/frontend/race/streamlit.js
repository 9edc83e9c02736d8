// The player as a component of Streamlit: bytes in, a pick, a setting and the view out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "../shared/axes.js";
import "../shared/batches.js";
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/playhead.js";
import "../shared/restored.js";
import "../shared/save.js";
import "../shared/wire.js";
import "./camera.js";
import "./charts.js";
import "./field.js";
import "./handles.js";
import "./kernel.js";
import "./legend.js";
import "./live.js";
import "./map.js";
import "./marks.js";
import "./overlay.js";
import "./panels.js";
import "./payload.js";
import "./picture.js";
import { mount } from "./player.js";
import "./pointer.js";
import "./program.js";
import "./relief.js";
import "./runner.js";
import "./trails.js";
import "./transport.js";
import "./vectors.js";

export default component(mount, (hooks, { setStateValue, setTriggerValue }) => {
  hooks.onPick = (point) => setTriggerValue("pick", point);
  hooks.onSet = (setting) => setTriggerValue("set", setting);
  hooks.onView = (view) => setStateValue("view", view);
});
