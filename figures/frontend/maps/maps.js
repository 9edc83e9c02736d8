// The maps of basins and of rates, and the lines of sensitivity: mount(root) -> { hooks, show(bytes), destroy() }.

import { onRestored } from "../shared/restored.js";
import { unpack } from "../shared/wire.js";
import { BASINS } from "./basins.js";
import { Board } from "./board.js";
import { Crew } from "./crew.js";
import { RATES } from "./rates.js";
import { Sensitivity } from "./sensitivity.js";

class Maps {
  constructor(root) {
    this.root = root;
    this.hooks = {};
    root.classList.add("dm-maps");
    root.maps = this; // for who looks at it from outside
    onRestored(root, () => this.shown?.repaint());
    this.crew = new Crew((error) => {
      console.error(error);
      root.dispatchEvent(new CustomEvent("dl-failed", { bubbles: true, detail: error }));
    });
    this.crew.start();
  }

  show(bytes) {
    const { header, column } = unpack(bytes);
    for (const { computed } of header.rules) {
      if (computed) for (const name of ["kind", "number", "value", "x", "y"]) computed[name] = column(computed[name]);
    }
    if (header.view !== this.view) {
      this.shown?.destroy();
      this.place?.remove();
      this.place = document.createElement("div");
      this.place.className = `dm-view dm-${header.view}`;
      this.root.append(this.place);
      const act = { onSet: (changes) => this.hooks.onSet?.(changes) };
      if (header.view === "sensitivity") this.shown = new Sensitivity(this.place, this.crew, act);
      else this.shown = new Board(this.place, this.crew, act, header.view === "rates" ? RATES : BASINS);
      this.view = header.view;
    }
    this.shown.show(header);
  }

  destroy() {
    this.shown?.destroy();
    this.crew.destroy();
  }
}

export function mount(root) {
  return new Maps(root);
}

