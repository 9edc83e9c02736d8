// What a viewer shows as a few named values: told to the page when it changes, taken from the page when a link says so.
// The page says everything back a moment later, so what this viewer has told is nothing new when it returns.

import { guard } from "./failure.js";

const ECHO_WITHIN = 10_000; // milliseconds within which what was told may come back
const PAUSE = 400;

export class ViewKeeper {
  // tell(view) gets what differs from the defaults.
  constructor(root, defaults, tell) {
    Object.assign(this, { root, defaults, tell, sent: [], told: "[]" });
  }

  differing(view) {
    return Object.fromEntries(Object.entries(view).filter(([name, value]) => name in this.defaults && value !== this.defaults[name]));
  }

  text(view) {
    return JSON.stringify(Object.entries(this.differing(view)).sort());
  }

  // The whole view that is given, completed by the defaults, where it says something new; else null.
  take(given) {
    const text = this.text(given);
    const now = performance.now();
    this.sent = this.sent.filter(({ at }) => now - at < ECHO_WITHIN);
    const known = text === this.given || text === this.told || this.sent.some((one) => one.text === text);
    this.given = text;
    if (known) return null;
    this.told = text;
    return { ...this.defaults, ...this.differing(given) };
  }

  changed(read) {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      guard(this.root, () => {
        const view = read();
        const text = this.text(view);
        if (text === this.told) return;
        this.told = text;
        this.sent.push({ text, at: performance.now() });
        this.tell(this.differing(view));
      }),
      PAUSE,
    );
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
