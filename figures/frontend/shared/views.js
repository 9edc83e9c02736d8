// What is dragged, one view at a time: mountViews(root, views) -> { hooks, show(bytes), destroy() }.

import { readLook } from "./dom.js";
import { guard, listen } from "./failure.js";
import { unpack } from "./wire.js";

const WIDE = 640;

class Views {
  // views: the class of each view by the name that the payload's header has.
  constructor(root, views) {
    this.root = root;
    this.views = views;
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
      this.shown = new this.views[view](place, { onSet: (changes) => this.hooks.onSet?.(changes) });
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

export function mountViews(root, views) {
  return new Views(root, views);
}
