// What was told to the page comes back a moment later; by then a hand may have gone on.

const MOST = 256; // a key that is held down for eight seconds
const PAUSE = 250; // milliseconds after which a hand counts as at rest

export class Echo {
  constructor() {
    this.sent = [];
    this.taken = null;
  }

  // A run of the page that began before says what it said last, so that is older, too.
  tell(value) {
    const before = this.sent.length || this.taken === null ? this.sent : [this.taken];
    this.sent = [...before, JSON.stringify(value)].slice(-MOST);
  }

  // Whether what the page says is older than what was told it last.
  isOld(value) {
    const place = this.sent.lastIndexOf(JSON.stringify(value));
    if (place >= 0 && place < this.sent.length - 1) return true;
    this.sent = [];
    this.taken = JSON.stringify(value);
    return false;
  }
}

// Calls at once, and for what follows soon after when the hand is at rest: a key that is held down would have the page
// run thirty times a second.
export function rested(call) {
  let timer = null;
  let waits = false;
  const rest = () => {
    timer = null;
    if (waits) go();
  };
  const go = () => {
    waits = false;
    timer = setTimeout(rest, PAUSE);
    call();
  };
  return () => {
    if (timer === null) return go();
    waits = true;
    clearTimeout(timer);
    timer = setTimeout(rest, PAUSE);
  };
}
