// The adapter to Streamlit's components (version 2): bytes in, a pick and the view out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "./axes.js";
import "./charts.js";
import "./decode.js";
import "./dom.js";
import "./field.js";
import "./map.js";
import "./marks.js";
import "./numbers.js";
import "./overlay.js";
import "./panels.js";
import "./picture.js";
import { mount } from "./player.js";
import "./pointer.js";
import "./program.js";
import "./trails.js";
import "./transport.js";

const players = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let player = players.get(parentElement);
  if (!player) {
    const root = document.createElement("div");
    parentElement.append(root);
    player = mount(root);
    players.set(parentElement, player);
  }
  player.hooks.onPick = (point) => setTriggerValue("pick", point);
  player.hooks.onView = (view) => setStateValue("view", view);
  if (data) player.show(data.slice());
  return () => {
    player.destroy();
    player.root.remove();
    players.delete(parentElement);
  };
}
