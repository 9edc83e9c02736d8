// The bar of who follows, and that of who leads, with what opens above it.

import { element } from "../shared/dom.js";
import { nameOfPage } from "./links.js";
import { plainButton, voteBars, voteForm } from "./votes.js";

function chip(room) {
  return element("span", { class: "cl-chip", title: "The code of the room" }, room);
}

// state: {room, follows, lost, note, moved, front, own, folded}; acts: tryAlone, back, ownView, offer, unfold, leave.
export function followerBar(state, acts) {
  const doing = state.lost ? "Connection lost; it comes back by itself" : state.follows ? "Following" : "On your own";
  const front = state.follows && state.front ? " · a student's view" : "";
  const moved = !state.follows && state.moved ? "The lecture has moved on." : "";
  const parts = [
    chip(state.room),
    element("span", { class: state.follows ? "cl-doing cl-on" : "cl-doing", role: "status" }, doing + front),
    element("span", { class: "cl-note", "aria-live": "polite" }, [state.note, moved].filter(Boolean).join(" ")),
  ];
  if (state.folded) parts.push(plainButton("Vote ●", acts.unfold));
  if (state.follows) {
    if (state.own) parts.push(plainButton("To your own view", acts.ownView));
    parts.push(plainButton("Try it myself", acts.tryAlone));
  } else {
    parts.push(plainButton("Offer this view", acts.offer, { title: "The lecturer may show it to all, without a name" }));
    parts.push(plainButton("Back to the lecture", acts.back, { kind: "cl-first" }));
  }
  parts.push(plainButton("Leave", acts.leave));
  return element("div", { class: "cl-strip", role: "region", "aria-label": "Class" }, ...parts);
}

// state: {room, told, lost, panel, front, note}; acts: door, panel(name), back, close.
export function lecturerBar(state, acts) {
  const { told } = state;
  const offers = told.offers.length;
  const alone = told.alone ? `, ${told.alone} on their own` : "";
  const tab = (name, text) => plainButton(text, () => acts.panel(name), { "aria-expanded": String(state.panel === name) });
  return element(
    "div",
    { class: "cl-strip", role: "region", "aria-label": "Class" },
    plainButton(state.room, acts.door, { kind: "cl-chip", title: "Show code, link and QR code", "aria-label": `Room ${state.room}: show code, link and QR code` }),
    element("span", { class: "cl-doing cl-on", role: "status" }, state.lost ? "Connection lost; it comes back by itself" : `${told.following} following${alone}`),
    element("span", { class: "cl-note", "aria-live": "polite" }, state.note ?? ""),
    state.front ? plainButton("Back to my view", acts.back, { kind: "cl-first" }) : null,
    tab("vote", told.vote ? "Vote ●" : "Vote"),
    tab("offers", offers ? `Offers (${offers})` : "Offers"),
    plainButton("Close the room", acts.close),
  );
}

// asked: the question of the lesson's step, or null. acts: ask(vote), turn({open, shown}), endVote, refuse(sentence).
export function votePanel(vote, asked, acts) {
  if (!vote) {
    const { form } = voteForm(acts.ask, acts.refuse, asked);
    const head = element("h2", {}, asked ? "The question of this step, as a vote" : "A vote");
    return element("section", { class: "cl-panel", "aria-label": "A new vote" }, head, form);
  }
  const answers = `${vote.count} ${vote.count === 1 ? "answer" : "answers"}${vote.open ? " so far" : ""}`;
  return element(
    "section",
    { class: "cl-panel", "aria-label": "Vote" },
    element("h2", {}, vote.question),
    vote.shown ? voteBars(vote) : element("p", { role: "status" }, answers),
    element(
      "div",
      { class: "cl-row" },
      plainButton(vote.open ? "Close the vote" : "Open it again", () => acts.turn({ open: !vote.open, shown: vote.shown })),
      plainButton(vote.shown ? "Hide the answers" : "Show the answers", () => acts.turn({ open: vote.open, shown: !vote.shown }), { kind: "cl-first" }),
      plainButton("Done with it", acts.endVote),
    ),
  );
}

// acts: showOffer(offer), dropOffer(offer).
export function offersPanel(base, offers, acts) {
  const row = (offer) => {
    const address = `${base}/${offer.path}?${offer.query}`;
    return element(
      "li",
      {},
      element("a", { href: address, target: "_blank", rel: "noopener", title: offer.query }, `${nameOfPage(offer.path)}, no. ${offer.number}`),
      plainButton("Show to all", () => acts.showOffer(offer), { kind: "cl-first" }),
      plainButton("Drop", () => acts.dropOffer(offer)),
    );
  };
  const none = element("p", {}, "Nobody offers a view. Who tries alone can, and you see it here first.");
  const list = offers.length ? element("ul", { class: "cl-offers" }, ...offers.map(row)) : none;
  return element("section", { class: "cl-panel", "aria-label": "Offered views" }, element("h2", {}, "Views that students offer"), list);
}
