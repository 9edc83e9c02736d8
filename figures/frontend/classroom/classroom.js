// Along with the class, in one tab: who follows goes along or tries alone, who leads tells where he is. One for all pages.

import { element } from "../shared/dom.js";
import { keepClass, keptClass, takeLinkBack } from "../shared/kept_class.js";
import { followerBar, lecturerBar, offersPanel, votePanel } from "./bars.js";
import { Dialog, showDoor, showEntrance } from "./door.js";
import { Following } from "./following.js";
import { Leading } from "./leading.js";
import { goTo, here, isSame } from "./links.js";
import { Stream } from "./stream.js";
import { plainButton, voteCard } from "./votes.js";

const LETTERS_OF_ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SHOWN = "The lecturer shows this view of yours to all.";
const NOBODY = { following: 0, alone: 0, offers: [], vote: null };

function drawnId() {
  const numbers = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(numbers, (number) => LETTERS_OF_ID[number % LETTERS_OF_ID.length]).join("");
}

class Classroom {
  constructor({ base, paths }) {
    Object.assign(this, { base, paths, kept: null, told: null, lost: false, note: "", panel: "", own: null, over: "", folded: 0, question: null });
    this.asked = this.joined = 0;
    this.answers = new Map();
    this.place = element("div", { class: "cl-root" });
    this.above = element("div", {});
    this.strip = element("div", {});
    this.place.append(this.above, this.strip);
    this.dialog = new Dialog(this.place);
    this.drawn = "";
    this.stream = new Stream(base, {
      hear: (told) => this.hear(told),
      lost: (lost) => this.change({ lost }),
      gone: () => this.gone(),
    });
    this.following = new Following({ base, paths, own: () => this.place, alone: (why) => this.alone(why) });
    this.leading = new Leading({
      base,
      paths,
      tell: (link, front) => this.lead("show", { path: link.path, query: link.query, front }),
    });
    this.enter(takeLinkBack() ?? keptClass());
  }

  // data: see widgets/classroom.py.
  show(data) {
    this.who = data.who;
    this.question = data.question ?? null;
    if (data.joined !== this.joined) {
      this.joined = data.joined;
      if (data.join && this.kept?.room === data.join) {
        if (!this.leads) this.back(); // as the one he is there, with what he has answered
      } else if (data.join) {
        this.leave();
        this.enter({ room: data.join, id: drawnId(), follows: true });
      }
    }
    if (data.asked !== this.asked) {
      this.asked = data.asked;
      this.opened();
    }
    this.draw();
  }

  get leads() {
    return Boolean(this.kept?.key);
  }

  enter(kept) {
    if (!kept) return;
    Object.assign(this, { kept, told: null, note: "", over: "", panel: "", own: null });
    if (Number.isFinite(kept.said?.answer)) this.answers.set(kept.said.vote, kept.said.answer);
    keepClass(kept);
    if (this.leads) {
      this.say("teach").then(
        (door) => (this.door = door),
        (error) => this.change({ note: error.message }),
      );
    } else if (kept.follows) this.following.start();
    this.stream.listen(this.leads ? { room: kept.room, key: kept.key } : { ...kept });
    this.draw();
  }

  say(what, more = {}) {
    const { room, key, id } = this.kept ?? {};
    return this.stream.say(what, { room, ...(key ? { key } : { id }), ...more });
  }

  // What a lecturer or follower says; a refusal is told.
  lead(what, more) {
    return this.say(what, more).catch((error) => this.change({ note: error.message }));
  }

  hear(told) {
    const first = this.told === null;
    const moved = !first && told.moves !== this.told.moves;
    this.told = told;
    if (this.leads) {
      if (first) this.leading.start();
    } else {
      if (moved && !this.kept.follows) {
        const shown = told.front && isSame(here(this.paths), told); // nothing has moved on from what he offers
        this.moved = !shown;
        if (shown || this.note === SHOWN) this.note = shown ? SHOWN : "";
      }
      this.following.hear({ path: told.path, query: told.query });
    }
    this.draw();
  }

  gone() {
    const { leads } = this;
    this.out();
    this.change({ over: leads ? "The room is closed." : "The lecturer has closed the room; the page stays yours." });
  }

  out() {
    this.stream.close();
    this.following.end();
    this.leading.end();
    this.dialog.close();
    Object.assign(this, { kept: null, told: null, door: null, note: "", panel: "", own: null, moved: false });
    this.answers.clear();
    keepClass(null);
  }

  leave() {
    if (!this.kept) return;
    if (!this.leads) this.say("leave").catch(() => {});
    this.out();
    this.draw();
  }

  change(values) {
    Object.assign(this, values);
    this.draw();
  }

  // ---- who follows ---------------------------------------------------------------------------------------------------

  alone(note = "") {
    this.following.end();
    this.kept = { ...this.kept, follows: false };
    this.own = this.moved = null;
    this.retold(note);
  }

  back() {
    const now = here(this.paths);
    this.own = now.path === "join" || (this.told && isSame(now, this.told)) ? null : now;
    this.moved = false;
    this.kept = { ...this.kept, follows: true };
    this.following.start();
    this.retold("");
  }

  ownView() {
    const { own } = this;
    this.alone("This is your own view.");
    goTo(this.base, own);
  }

  // The room hears whether one follows, and so does the stream when it comes back.
  retold(note) {
    keepClass(this.kept);
    if (this.stream.told) this.stream.told.follows = this.kept.follows;
    this.lead("follow", { follows: this.kept.follows });
    this.change({ note });
  }

  offer() {
    const link = here(this.paths);
    return this.say("offer", link).then(
      () => this.change({ note: "Offered; the lecturer sees it without a name." }),
      (error) => this.change({ note: error.message }),
    );
  }

  answer(vote, given) {
    return this.say("answer", { vote: vote.number, answer: given }).then(
      () => {
        this.answers.set(vote.number, given);
        if (this.kept) keepClass(Object.assign(this.kept, { said: { vote: vote.number, answer: given } }));
        this.change({ note: "" });
      },
      (error) => this.change({ note: error.message }),
    );
  }

  // ---- who leads -----------------------------------------------------------------------------------------------------

  opened() {
    if (this.leads) {
      if (this.door) showDoor(this.dialog, this.door, this.kept);
      return;
    }
    showEntrance(this.dialog, {
      base: this.base,
      who: this.who,
      room: this.kept?.room,
      onOpen: (word) => this.openRoom(word),
      onLeave: () => this.leave(),
    });
  }

  async openRoom(word) {
    const { room, key, ...door } = await this.stream.say("open", word ? { word } : {});
    this.enter({ room, key });
    this.door = door;
    showDoor(this.dialog, door, this.kept);
  }

  showOffer(offer) {
    this.leading.show({ path: offer.path, query: offer.query });
    this.change({ panel: "" });
    return this.lead("drop", { offer: offer.number });
  }

  close() {
    const content = element("p", {}, "Close the room for all? Its vote, its offers and the ids of who follows are deleted.");
    const sure = plainButton("Close the room", () => this.lead("close").then(() => this.dialog.close()), { kind: "cl-first" });
    this.dialog.ask("Close the room", "Keep it open", content, element("div", { class: "cl-row" }, sure));
  }

  // ---- the bar -------------------------------------------------------------------------------------------------------

  draw() {
    const told = this.told ?? NOBODY;
    const { leads } = this;
    const front = leads ? this.leading.front !== null : told.front;
    const vote = this.told?.vote ?? null;
    const mine = vote ? this.answers.get(vote.number) : null;
    const state = { room: this.kept?.room ?? "", follows: this.kept?.follows, lost: this.lost, note: this.note, moved: this.moved };
    const all = { ...state, told, front, own: Boolean(this.own), panel: this.panel, question: this.question, folded: Boolean(vote) && this.folded === vote.number };
    const wanted = JSON.stringify([all, mine, leads, this.over]);
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    document.documentElement.classList.toggle("dl-in-class", Boolean(this.kept));
    if (!this.kept) {
      const seen = () => this.change({ over: "" });
      const over = element("div", { class: "cl-strip" }, element("span", { class: "cl-note", role: "status" }, this.over));
      over.append(element("button", { type: "button", class: "cl-button", onclick: seen }, "OK"));
      this.strip.replaceChildren(...(this.over ? [over] : []));
      this.fill("", () => null);
      return;
    }
    if (leads) this.drawLecturer(all, vote);
    else this.drawFollower(all, vote, mine);
  }

  // What is above the bar, drawn anew only where it has changed: a form that is filled in stays.
  fill(wanted, make) {
    if (this.above.dataset.drawn === wanted) return;
    this.above.dataset.drawn = wanted;
    const content = make();
    this.above.replaceChildren(...(content ? [content] : []));
  }

  drawFollower(state, vote, mine) {
    const acts = {
      tryAlone: () => this.alone("Change what you like; the lecture goes on without you."),
      back: () => this.back(),
      ownView: () => this.ownView(),
      offer: () => this.offer(),
      unfold: () => this.change({ folded: 0 }),
      leave: () => this.leave(),
    };
    this.strip.replaceChildren(followerBar(state, acts));
    const fold = () => this.change({ folded: vote.number });
    const seen = vote && !state.folded;
    this.fill(JSON.stringify(seen ? [vote, mine] : []), () => (seen ? voteCard(vote, mine, (given) => this.answer(vote, given), fold) : null));
  }

  drawLecturer(state, vote) {
    const acts = {
      door: () => this.opened(),
      panel: (name) => this.change({ panel: this.panel === name ? "" : name, note: "" }),
      back: () => {
        this.leading.back();
        this.draw();
      },
      close: () => this.close(),
      ask: (asked) => this.lead("vote", asked).then(() => this.change({ note: "" })),
      turn: (turned) => this.lead("vote", turned),
      endVote: () => this.lead("vote", { end: true }),
      refuse: (note) => this.change({ note }),
      showOffer: (offer) => this.showOffer(offer),
      dropOffer: (offer) => this.lead("drop", { offer: offer.number }),
    };
    this.strip.replaceChildren(lecturerBar(state, acts));
    const { offers } = state.told;
    const wanted = this.panel === "vote" ? vote : this.panel === "offers" ? offers : null;
    const asked = this.panel === "vote" && !vote ? this.question : null;
    this.fill(JSON.stringify([this.panel, wanted, asked]), () =>
      this.panel === "vote" ? votePanel(vote, asked, acts) : this.panel === "offers" ? offersPanel(this.base, offers, acts) : null,
    );
  }
}

let classroom = null; // one for all pages of this tab

export function mountClassroom(root) {
  return {
    hooks: {},
    show(data) {
      classroom ??= new Classroom(data);
      if (classroom.place.parentNode !== root) root.append(classroom.place);
      classroom.show(data);
    },
    destroy: () => {
      if (classroom?.place.parentNode === root) classroom.place.remove();
    },
  };
}
