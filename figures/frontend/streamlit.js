// The adapter to Streamlit's components (version 2): bytes in, a pick and the view out.

import { mount } from "./player.js";

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
