// The lecturer's tab tells the room where it is, at most four times a second and always the last of it.

import { goTo, here, isReady, isSame } from "./links.js";

const GAP = 250; // milliseconds
const ARRIVING = 3000; // a page that was just gone to says its link when it has run
const CHANGED = "descent-lab-address";
const NOT_SHOWN = ["join"];

export class Leading {
  // tell(link, front): send it.
  constructor({ base, paths, tell }) {
    Object.assign(this, { base, paths, tell });
    this.leads = false;
    this.sent = null;
    this.front = null;
    this.before = null;
    this.next = 0;
    this.last = -Infinity;
    this.arrived = -Infinity;
    for (const kind of [CHANGED, "popstate"]) window.addEventListener(kind, () => this.moved());
  }

  start() {
    this.leads = true;
    this.sent = null;
    this.moved();
  }

  end() {
    this.leads = false;
    this.front = this.before = null;
  }

  moved() {
    if (!this.leads || this.next) return;
    this.next = setTimeout(() => this.look(), Math.max(0, this.last + GAP - performance.now()));
  }

  look() {
    this.next = 0;
    const link = here(this.paths);
    if (!this.leads || NOT_SHOWN.includes(link.path) || (this.sent && isSame(link, this.sent))) return;
    const now = performance.now();
    if (this.sent?.path !== link.path && !link.query && !isReady()) {
      if (this.arrived === -Infinity) this.arrived = now;
      if (now - this.arrived < ARRIVING) {
        this.next = setTimeout(() => this.look(), 50);
        return;
      }
    }
    this.arrived = -Infinity;
    this.last = now;
    this.sent = link;
    this.tell(link, this.front !== null);
  }

  // A student's view for all, and back to what was shown before.
  show(link) {
    if (!this.paths.includes(link.path)) return;
    this.before ??= here(this.paths);
    this.front = link;
    goTo(this.base, link);
    this.moved();
  }

  back() {
    const { before } = this;
    this.front = this.before = null;
    if (before) goTo(this.base, before);
    this.moved();
  }
}
