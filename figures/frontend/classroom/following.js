// Who follows takes each new link of the room, unless his own hand has changed something: then he tries alone.

import { goTo, here, isReady, isSame } from "./links.js";

const LOOK = 50; // milliseconds between two looks whether a page may be gone to
const HAND = 400; // after a hand, until what it has changed is known
const LOADED = "descent-lab-address";

function isTyping() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLTextAreaElement || (active instanceof HTMLInputElement && /^(text|number|search|password)$/.test(active.type));
}

export class Following {
  // own: the element of the bar, whose clicks change nothing of the page. alone(why): a hand has changed something.
  constructor({ base, paths, own, alone }) {
    Object.assign(this, { base, paths, own, alone });
    this.follows = false;
    this.wanted = null;
    this.taken = null;
    this.pressed = false;
    this.handed = -Infinity;
    this.going = false;
    this.waiting = 0;
    for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, (event) => this.hand(event), true);
    for (const kind of ["pointerup", "pointercancel"]) {
      window.addEventListener(
        kind,
        () => {
          if (this.pressed) this.handed = performance.now();
          this.pressed = false;
        },
        true,
      );
    }
    window.addEventListener(LOADED, () => this.moved());
    window.addEventListener("popstate", (event) => this.moved(event.isTrusted));
  }

  get touched() {
    return this.handed > -Infinity;
  }

  hand(event) {
    if (event.composedPath().includes(this.own())) return;
    this.handed = performance.now();
    this.pressed = event.type === "pointerdown";
  }

  hear(link) {
    this.wanted = link;
    this.catchUp();
  }

  start() {
    this.follows = true;
    this.taken = null;
    this.handed = -Infinity;
    this.pressed = false;
    this.catchUp();
  }

  end() {
    this.follows = false;
    clearInterval(this.waiting);
    this.waiting = 0;
  }

  // The address has changed: by whom? wentBack: by the browser's own buttons, which no hand on the page announces.
  moved(wentBack = false) {
    if (!this.follows || this.going || !this.taken || isSame(here(this.paths), this.taken)) return;
    if (wentBack) this.alone("You have gone back or on in your browser: this is your own view now.");
    else if (this.touched) this.alone("You have changed something: this is your own view now.");
    else this.taken = here(this.paths); // the page writes the link in its own words
  }

  catchUp() {
    if (!this.follows || !this.wanted || this.waiting) return;
    this.waiting = setInterval(() => this.look(), LOOK);
    this.look();
  }

  look() {
    if (this.pressed || performance.now() - this.handed < HAND || !isReady()) return;
    clearInterval(this.waiting);
    this.waiting = 0;
    this.moved();
    if (!this.follows) return;
    const { wanted } = this;
    if (this.taken === null ? isSame(here(this.paths), wanted) : this.last && isSame(this.last, wanted)) {
      this.taken ??= wanted;
      this.last = wanted;
      return;
    }
    if (this.touched && isTyping()) {
      this.alone("The lecture has moved on while you typed: this is your own view now.");
      return;
    }
    this.take(wanted);
  }

  take(link) {
    this.last = link;
    if (!this.paths.includes(link.path)) return;
    this.going = true;
    this.handed = -Infinity;
    goTo(this.base, link);
    this.taken = here(this.paths);
    this.going = false;
  }
}
