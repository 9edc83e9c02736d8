// The live curves as a component of Streamlit (version 2): bytes in, nothing out.

// All modules are named here so that the browser asks for them together, not level by level as it meets their imports.
import "./axes.js";
import "./dom.js";
import { mountLive } from "./live.js";
import "./live_album.js";
import "./live_chart.js";
import "./live_controls.js";
import "./live_decode.js";
import "./live_frame.js";
import "./live_panel.js";
import "./live_picture.js";
import "./live_readout.js";
import "./live_scale.js";
import "./numbers.js";

const views = new WeakMap();

export default function ({ data, parentElement }) {
  let view = views.get(parentElement);
  if (!view) {
    const root = document.createElement("div");
    parentElement.append(root);
    view = mountLive(root);
    views.set(parentElement, view);
  }
  if (data) view.show(data.slice());
  return () => {
    view.destroy();
    view.root.remove();
    views.delete(parentElement);
  };
}
