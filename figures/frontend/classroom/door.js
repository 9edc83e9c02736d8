// The door of a room: its code, link and QR code, large enough for the last row; and where a room is opened.

import { element, svg } from "../shared/dom.js";
import { linkBack } from "../shared/kept_class.js";
import { plainButton } from "./votes.js";

const QUIET = 4; // light modules around a QR code
const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

function qrPicture(rows, link) {
  const side = rows.length + 2 * QUIET;
  let path = "";
  rows.forEach((row, y) => [...row].forEach((dark, x) => (path += dark === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")));
  const title = svg("title", {});
  title.textContent = `QR code of ${link}`;
  const ground = svg("rect", { width: side, height: side, fill: "#fff" });
  const attributes = { viewBox: `0 0 ${side} ${side}`, class: "cl-qr", role: "img", "shape-rendering": "crispEdges" };
  return svg("svg", attributes, title, ground, svg("path", { d: path, fill: "#000" }));
}

export class Dialog {
  constructor(root) {
    this.place = element("dialog", { class: "cl-dialog" });
    root.append(this.place);
    // Closed, it gives the focus back; to a hand on a mouse that only opens the tooltip of the button, and it stays.
    this.place.addEventListener("close", () => {
      const focused = document.activeElement;
      if (focused && focused !== document.body && !focused.matches(":focus-visible")) focused.blur();
    });
  }

  open(label, ...content) {
    this.ask(label, "Close", ...content);
  }

  // What is asked before it is done: the button that leaves all as it is says so.
  ask(label, no, ...content) {
    const close = plainButton(no, () => this.close());
    this.place.setAttribute("aria-label", label);
    const shown = content.filter((each) => each !== null);
    this.place.replaceChildren(...shown, element("div", { class: "cl-row cl-end" }, close));
    if (!this.place.open) this.place.showModal();
  }

  close() {
    if (this.place.open) this.place.close();
  }
}

// door: {link, qr}; kept: {room, key}.
export function showDoor(dialog, door, kept) {
  const home = door.link.slice(0, door.link.indexOf("/join?"));
  const local = LOCAL.includes(new URL(door.link).hostname);
  dialog.open(
    `Room ${kept.room}`,
    element("p", { class: "cl-code" }, kept.room),
    door.qr.length ? qrPicture(door.qr, door.link) : null,
    element("p", { class: "cl-link" }, door.link),
    local ? element("p", { class: "cl-hint" }, "That is this machine's own address: open the lab by its name in the network, so that others reach it.") : null,
    element("p", { class: "cl-hint" }, "Whoever opens the link, or types the code under “Join a class”, sees what you see, and may try alone."),
    element(
      "details",
      {},
      element("summary", {}, "A link that gives you the room back"),
      element("p", { class: "cl-hint" }, "For another browser of yours. Keep it to yourself: whoever has it leads the class."),
      element("input", { type: "text", readonly: true, "aria-label": "Link for yourself", value: linkBack(home, kept) }),
    ),
  );
}

// who: who may open rooms. onOpen(word).
export function showEntrance(dialog, { base, who, room, onOpen, onLeave }) {
  const refused = element("p", { role: "alert", class: "cl-refused" });
  const word = who === "teacher" ? element("input", { type: "password", maxlength: "200", "aria-label": "Teacher's word", placeholder: "Teacher's word" }) : null;
  const open = () =>
    onOpen(word?.value).catch((error) => {
      refused.textContent = error.message;
    });
  const teach = [
    element("p", {}, "Open a room: students join by a code and see what you see, page by page. You see how many follow, ask them, and show what one of them offers."),
    word,
    element("div", { class: "cl-row" }, plainButton("Open a room", open, { kind: "cl-first" })),
  ];
  const off = element("p", {}, "Whoever runs this lab has turned rooms off.");
  const join = element("p", {}, "A student? ", element("a", { href: `${base}/join` }, "Join a class"), " with its code.");
  const inside = [element("p", {}, `You follow room ${room}.`), element("div", { class: "cl-row" }, plainButton("Leave the room", onLeave))];
  const content = room ? inside : who === "nobody" ? [off, join] : [...teach, join];
  dialog.open("Along with the class", element("h2", {}, "Along with the class"), ...content, refused);
}
