// What is dragged on the page of losses as a component of Streamlit: bytes in, settings out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/echo.js";
import "../shared/failure.js";
import "../shared/numbers.js";
import "../shared/plot.js";
import "../shared/save.js";
import "../shared/sheet.js";
import "../shared/stop_slider.js";
import "../shared/views.js";
import "../shared/wire.js";
import "./apart.js";
import { mount } from "./losses.js";
import "./outlier.js";

export default component(mount, (hooks, { setTriggerValue }) => {
  hooks.onSet = (changes) => setTriggerValue("set", changes);
});
