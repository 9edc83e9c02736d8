// What is dragged on the page of the neuron's parts on convexity and penalties, as a component of Streamlit.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "../race/kernel.js";
import "../race/program.js";
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
import "./bands.js";
import "./chord.js";
import { mount } from "./convexity.js";
import "./growth.js";
import "./shapes.js";
import "./take.js";

export default component(mount, (hooks, { setTriggerValue }) => {
  hooks.onSet = (changes) => setTriggerValue("set", changes);
});
