// What is dragged on the page of losses: mount(root) -> { hooks, show(bytes), destroy() }.

import { readLook } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { unpack } from "../shared/wire.js";
import { Apart } from "./apart.js";
import { Outlier } from "./outlier.js";

const WIDE = 640;
const VIEWS = { outlier: Outlier, apart: Apart };

class Losses {
  constructor(root) {
    this.root = root;
    this.hooks = {};
    root.classList.add("dz-losses");
    this.observer = new ResizeObserver(guard(root, () => this.layout()));
    this.observer.observe(root);
    listen(root, "transitionend", (event) => event.target === root && this.layout());
  }

  show(bytes) {
    const payload = unpack(bytes);
    const { view } = payload.header;
    if (view !== this.view) {
      this.shown?.destroy();
      const place = document.createElement("div");
      this.root.replaceChildren(place);
      this.shown = new VIEWS[view](place, { onSet: (changes) => this.hooks.onSet?.(changes) });
      this.view = view;
    }
    this.shown.show(payload);
    this.layout();
  }

  layout() {
    const width = Math.floor(this.root.clientWidth);
    this.root.classList.toggle("dz-wide", width >= WIDE);
    if (width && this.shown) this.shown.layout(readLook(this.root), width, width >= WIDE);
  }

  destroy() {
    this.observer.disconnect();
    this.shown?.destroy();
  }
}

export function mount(root) {
  return new Losses(root);
}
