// The live curves as a component of Streamlit: bytes in, the view out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "../shared/axes.js";
import "../shared/colors.js";
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/restored.js";
import "../shared/view.js";
import "../shared/wire.js";
import "./album.js";
import "./chart.js";
import "./controls.js";
import { mountLive } from "./curves.js";
import "./frame.js";
import "./network.js";
import "./panel.js";
import "./payload.js";
import "./picture.js";
import "./readout.js";
import "./scale.js";
import "./units.js";

export default component(mountLive, (hooks, { setStateValue }) => {
  hooks.onView = (view) => setStateValue("view", view);
});
