// The walk through a computational graph: mount(root) -> { hooks, show(bytes), destroy() }.

import { element, readLook } from "../shared/dom.js";
import { listen } from "../shared/failure.js";
import { saveDrawing } from "../shared/save.js";
import { clamp } from "../shared/numbers.js";
import { ViewKeeper } from "../shared/view.js";
import { unpack } from "../shared/wire.js";
import { drawGraph } from "./drawing.js";
import { WalkBar } from "./transport.js";

const PACE = 1100; // milliseconds a step
const NARROW = 640;
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -5, PageDown: 5, Home: -Infinity, End: Infinity };

class GraphWalk {
  constructor(root) {
    Object.assign(this, { root, hooks: {}, step: 0, playing: false });
    root.classList.add("dl-player", "dl-walk");
    root.tabIndex = 0;
    root.setAttribute("role", "group");
    root.walk = this; // for who looks at it from outside
    const to = (step) => () => this.go(step());
    this.bar = new WalkBar({
      first: to(() => 0),
      back: to(() => this.step - 1),
      forward: to(() => this.step + 1),
      last: to(() => this.last),
      toggle: () => this.toggle(),
      scrub: (step) => this.go(step),
      save: (kind) => this.save(kind),
    });
    this.place = element("div", { class: "dl-graph", style: "overflow-x:auto;width:100%" });
    this.said = element("p", { class: "dl-said", role: "status", style: "margin:0;min-height:2.7em;font-size:1.12em" });
    root.append(this.place, this.said, this.bar.root);
    listen(root, "keydown", (event) => this.pressed(event));
    listen(root, "pointerdown", () => root.classList.add("dl-pointed"));
    listen(root, "transitionend", (event) => event.target === root && this.draw());
    this.sized = new ResizeObserver(() => this.width !== root.clientWidth && this.draw());
    this.sized.observe(root);
  }

  get last() {
    return this.graph.walk.length - 1;
  }

  show(bytes) {
    const { header } = unpack(bytes);
    const key = JSON.stringify([header.graph, header.walk.length]);
    this.graph = header;
    if (key !== this.key) {
      this.key = key;
      this.stop();
      this.view?.destroy();
      this.view = new ViewKeeper(this.root, { step: this.last }, (view) => this.hooks.onView?.(view));
      this.view.take({ step: header.step });
      this.step = header.step;
    } else {
      const given = this.view.take({ step: header.step });
      if (given) this.step = given.step;
    }
    this.step = clamp(this.step, 0, this.last);
    this.root.setAttribute("aria-label", `Graph of ${header.title}, ${header.modeName}`);
    this.draw();
  }

  go(step, byHand = true) {
    if (byHand) this.stop();
    this.step = clamp(step, 0, this.last);
    this.draw();
    if (!this.playing) this.view.changed(() => ({ step: this.step }));
  }

  toggle() {
    if (this.playing) {
      this.stop();
      this.go(this.step);
      return;
    }
    if (this.step === this.last) this.step = 0;
    this.playing = true;
    this.timer = setInterval(() => this.tick(), PACE);
    this.draw();
  }

  tick() {
    if (this.step + 1 >= this.last) this.stop();
    this.go(this.step + 1, false);
  }

  stop() {
    this.playing = false;
    clearInterval(this.timer);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onButton = event.composedPath()[0].tagName === "BUTTON";
    if (event.key === " " && !onButton) this.toggle();
    else if (event.key in KEYS && event.composedPath()[0].tagName !== "INPUT") this.go(this.step + KEYS[event.key]);
    else return;
    event.preventDefault();
  }

  // What is known after this many steps of the walk.
  state() {
    const { walk, inputs } = this.graph;
    const values = new Set(Array.from({ length: inputs }, (_, i) => i));
    const slopes = new Map();
    walk.slice(0, this.step + 1).forEach((one) => {
      if (one.node !== null) values.add(one.node);
      for (const [node, text] of Object.entries(one.slopes)) slopes.set(Number(node), text);
    });
    const now = walk[this.step];
    return { values, slopes, node: now.node, edges: new Set(now.edges) };
  }

  draw() {
    if (!this.graph) return;
    this.width = this.root.clientWidth;
    const look = { ...readLook(this.root), family: getComputedStyle(this.root).fontFamily };
    const down = this.width > 0 && this.width < NARROW;
    this.root.classList.toggle("dl-narrow", down);
    const drawn = drawGraph(this.graph, { ...this.state(), look, color: this.graph.colors[look.dark ? 1 : 0], down });
    Object.assign(this, { drawn, look });
    const said = this.graph.walk[this.step].said;
    drawn.root.setAttribute("aria-label", `${this.graph.title}, step ${this.step} of ${this.last}: ${said}`);
    this.place.replaceChildren(drawn.root);
    this.said.textContent = said;
    this.bar.show({ playing: this.playing, step: this.step, steps: this.last });
  }

  // The drawing on the page's background, with what is said below it.
  file() {
    const { width, height } = this.drawn;
    const copy = this.drawn.root.cloneNode(true);
    const make = (tag, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      return node;
    };
    copy.removeAttribute("style");
    copy.setAttribute("height", height + 34);
    copy.setAttribute("viewBox", `0 0 ${width} ${height + 34}`);
    copy.prepend(make("rect", { width: "100%", height: "100%", fill: this.look.background }));
    const line = make("text", { x: 12, y: height + 18, "font-size": 14, fill: this.look.text });
    line.textContent = this.said.textContent;
    copy.append(line);
    return { text: new XMLSerializer().serializeToString(copy), width, height: height + 34 };
  }

  save(kind) {
    const { text, width, height } = this.file();
    saveDrawing("graph", kind, text, width, height);
  }

  destroy() {
    this.stop();
    this.view?.destroy();
    this.sized.disconnect();
  }
}

export function mount(root) {
  return new GraphWalk(root);
}
