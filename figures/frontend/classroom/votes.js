// A vote: the form by which a lecturer asks, the buttons by which one answers, and the bars of what the class has said.

import { element } from "../shared/dom.js";

const MOST_CHOICES = 6;
const SEEN = 1000; // milliseconds until a hand has seen what its press has done

// onclick: what it returns, if anything, is a promise of what is said to the room. Pressed again before a hand can have
// seen what came of it, as by a double click, the button says nothing twice.
export function plainButton(text, onclick, extra = {}) {
  const { kind = "", ...others } = extra;
  let busy = false;
  const pressed = async () => {
    if (busy) return;
    const said = onclick();
    if (!said) return;
    busy = true;
    await said;
    setTimeout(() => (busy = false), SEEN);
  };
  return element("button", { type: "button", class: `cl-button ${kind}`.trim(), onclick: pressed, ...others }, text);
}

// onAsk({question, choices}) or onRefuse(sentence). asked: what is proposed, {question, choices}, or null.
export function voteForm(onAsk, onRefuse, asked = null) {
  const question = element("input", { type: "text", maxlength: "300", "aria-label": "Question", placeholder: "What do you ask?" });
  const choices = element("textarea", {
    rows: "4",
    maxlength: "700",
    "aria-label": "Choices, one a line",
    placeholder: "Two to six choices, one a line",
  });
  const number = element("input", { type: "checkbox", onchange: () => (choices.hidden = number.checked) });
  if (asked) {
    question.value = asked.question;
    choices.value = asked.choices.join("\n");
    number.checked = choices.hidden = !asked.choices.length;
  }
  const ask = () => {
    const lines = choices.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!question.value.trim()) return onRefuse("A vote needs a question.");
    if (!number.checked && (lines.length < 2 || lines.length > MOST_CHOICES)) {
      return onRefuse(`There are ${lines.length} choices; a vote has 2 to ${MOST_CHOICES}, one a line.`);
    }
    return onAsk({ question: question.value.trim(), choices: number.checked ? [] : lines });
  };
  const buttons = element("div", { class: "cl-row" }, plainButton("Open the vote", ask, { kind: "cl-first" }));
  const form = element("div", { class: "cl-form" }, question, element("label", {}, number, " Ask for a number"), choices, buttons);
  return { form, question };
}

// How the class has answered; mine: the place of one's own choice, or one's own number.
export function voteBars(vote, mine = null) {
  const most = Math.max(1, ...vote.bars.map(([, count]) => count));
  const rows = vote.bars.map(([label, count], place) => {
    const share = vote.count ? Math.round((100 * count) / vote.count) : 0;
    const own = vote.choices.length > 0 && mine === place;
    const bar = element("span", { class: "cl-bar", style: `width: ${(100 * count) / most}%` });
    return element(
      "div",
      { class: own ? "cl-line cl-own" : "cl-line", role: "listitem" },
      element("span", { class: "cl-label", title: label }, own ? `${label} (yours)` : label),
      element("span", { class: "cl-track", "aria-hidden": "true" }, bar),
      element("span", { class: "cl-count" }, `${count} · ${share} %`),
    );
  });
  const told = vote.median !== null && vote.median !== undefined ? `, median ${Number(vote.median.toPrecision(4))}` : "";
  const head = `${vote.count} ${vote.count === 1 ? "answer" : "answers"}${told}`;
  return element("div", { class: "cl-bars", role: "list", "aria-label": `How the class has answered: ${head}` }, element("p", {}, head), ...rows);
}

// What who follows sees of a vote; onAnswer(number), onFold().
export function voteCard(vote, mine, onAnswer, onFold) {
  const fold = plainButton("–", onFold, { "aria-label": "Fold the vote", title: "Fold the vote" });
  const parts = [element("div", { class: "cl-head" }, element("h2", {}, vote.question), fold)];
  if (vote.open && vote.choices.length) {
    const choose = (place) => plainButton(vote.choices[place], () => onAnswer(place), { "aria-pressed": String(mine === place) });
    parts.push(element("div", { class: "cl-choices" }, ...vote.choices.map((_, place) => choose(place))));
  } else if (vote.open) {
    const field = element("input", { type: "number", step: "any", "aria-label": "Your number", value: mine ?? "" });
    const send = () => {
      if (field.value !== "" && Number.isFinite(field.valueAsNumber)) onAnswer(field.valueAsNumber);
    };
    const enter = (event) => event.key === "Enter" && send();
    field.addEventListener("keydown", enter);
    parts.push(element("div", { class: "cl-row" }, field, plainButton("Send", send, { kind: "cl-first" })));
  }
  const answered = mine !== null && mine !== undefined;
  const said = vote.choices.length ? vote.choices[mine] : mine;
  const ends = vote.open ? "you can change it until the vote closes" : "the vote is closed";
  if (answered) parts.push(element("p", { role: "status" }, `You said ${said}; ${ends}.`));
  else if (!vote.open) parts.push(element("p", {}, "The vote is closed."));
  if (vote.shown && vote.bars) parts.push(voteBars(vote, mine));
  return element("section", { class: "cl-panel", "aria-label": "Vote" }, ...parts);
}
