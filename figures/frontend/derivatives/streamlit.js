// The computational graph as a component of Streamlit: bytes in, the step that is shown out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/playhead.js";
import "../shared/save.js";
import "../shared/view.js";
import "../shared/wire.js";
import "./drawing.js";
import { mount } from "./graph.js";
import "./transport.js";

export default component(mount, (hooks, { setStateValue }) => {
  hooks.onView = (view) => setStateValue("view", view);
});
