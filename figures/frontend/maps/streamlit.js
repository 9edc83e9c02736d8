// The maps as a component of Streamlit: bytes in, settings out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "../race/kernel.js";
import "../race/runner.js";
import "../shared/axes.js";
import "../shared/colors.js";
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/restored.js";
import "../shared/save.js";
import "../shared/wire.js";
import "./basins.js";
import "./board.js";
import "./colors.js";
import "./compute.js";
import "./crew.js";
import { mount } from "./maps.js";
import "./panel.js";
import "./rates.js";
import "./samples.js";
import "./sensitivity.js";
import "./svg.js";
import "./sweep.js";
import "./take.js";
import "./watch.js";

export default component(mount, (hooks, { setTriggerValue }) => {
  hooks.onSet = (changes) => setTriggerValue("set", changes);
});
