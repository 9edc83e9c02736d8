// What a room is told and what it tells. The stream comes back by itself; a tab that nobody sees does not listen.

const SOONEST = 500; // milliseconds until a stream that broke is asked for again, and as much again by chance
const LATEST = 3000;

export class Stream {
  // base: the path of the lab. hear(told), lost(whether it is), gone(): what the room says.
  constructor(base, { hear, lost, gone }) {
    Object.assign(this, { base, hear, lost, gone });
    this.told = null;
    this.turn = 0;
    this.stop = null;
    document.addEventListener("visibilitychange", () => this.seen());
  }

  // Say something; the answer. Throws an error with the sentence of a refusal.
  async say(what, told) {
    const answer = await this.post(what, told).catch(() => {
      throw new Error("The lab cannot be reached; try again in a moment.");
    });
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(content.error ?? "The lab cannot do that now.");
    return content;
  }

  post(what, told, signal) {
    const headers = { "Content-Type": "application/json" };
    return fetch(`${this.base}/class/${what}`, { method: "POST", headers, body: JSON.stringify(told), signal });
  }

  // Listen as whoever `told` says, until `close`.
  listen(told) {
    this.told = told;
    this.go(++this.turn);
  }

  close() {
    this.told = null;
    this.turn += 1;
    this.stop?.abort();
  }

  // The lecturer's tab listens always: he may show another window.
  seen() {
    if (!this.told || this.told.key) return;
    this.turn += 1;
    this.stop?.abort();
    if (!document.hidden) this.go(this.turn);
  }

  async go(turn) {
    for (let wait = SOONEST; turn === this.turn; wait = Math.min(2 * wait, LATEST)) {
      this.stop?.abort();
      this.stop = new AbortController();
      try {
        const answer = await this.post("events", this.told, this.stop.signal);
        if ((answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
          if (turn === this.turn) this.lost(false);
          wait = SOONEST / 2;
          await this.read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), turn);
        } else if ((await answer.json()).gone || answer.status === 403) {
          if (turn === this.turn) this.gone();
          return;
        }
      } catch (error) {
        if (turn !== this.turn) return;
      }
      if (turn !== this.turn) return;
      this.lost(true);
      await new Promise((resolve) => setTimeout(resolve, wait * (1 + Math.random())));
    }
  }

  async read(reader, turn) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done || turn !== this.turn) return;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        if (!part.startsWith("data: ") || turn !== this.turn) continue;
        const told = JSON.parse(part.slice("data: ".length));
        if (told.gone) this.gone();
        else this.hear(told);
      }
    }
  }
}
