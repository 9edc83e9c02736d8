// The player of a race: one picture of map, charts and controls around one number, the step.
// mount(root, hooks) -> player; player.show(bytes) takes a payload (payload.js) and plays it; player.destroy() ends it.

import { button, element, readLook } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatCount, formatNumber } from "../shared/numbers.js";
import { onRestored } from "../shared/restored.js";
import { spoken, vectorsOf } from "./vectors.js";
import { Legend } from "./legend.js";
import { LiveRace } from "./live.js";
import { PlaneMap } from "./map.js";
import { Panels } from "./panels.js";
import { readRace } from "./payload.js";
import { savePicture } from "./picture.js";
import { Relief } from "./relief.js";
import { lastStep } from "./trails.js";
import { Transport, validSpeed } from "./transport.js";

const WIDE = 760;
const LOW = 640; // a window of this height has no room for charts below the map
const WIDE_IF_LOW = 520;
const LOWEST = 500; // a phone on its side: picture and controls alone
const NARROW = 600;
const SECONDS = 5;
const PATIENCE = 5000; // milliseconds after which a start that no answer comes from counts as refused
// Milliseconds between two drawings of the charts while the paths follow a finger: at the least, and for each that it takes.
const CHARTS_EVERY = 160;
const CHARTS_SHARE = 10;
const SLOW_FRAME = 20; // milliseconds: where frames take longer, paths are plain lines while they follow
const RESTING = 100; // milliseconds without a move, after which the finger rests
const DEFAULTS = { step: null, x: "step", y: "value", memory: null, arrows: false, slopes: false, anatomy: false, speed: 1, loop: false, lane: null, hidden: [], zoom: null, camera: null, picture: "map", map: true, charts: true };

function differing(view) {
  const known = Object.entries(view).filter(([name]) => name in DEFAULTS);
  return Object.fromEntries(known.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULTS[name])));
}

// A link holds a start in nine digits, and the server runs the race from what the link holds.
function asInLink(x) {
  return Number(x.toPrecision(9));
}

function canonical(view) {
  return JSON.stringify(Object.entries(differing(view)).sort());
}

export class Player {
  // Ground: what the paths lie on in the large picture (map.js); the plane where none is given.
  constructor(root, hooks, Ground) {
    this.root = root;
    this.hooks = hooks;
    this.Ground = Ground;
    this.choice = { ...DEFAULTS };
    this.position = 0;
    this.playing = false;
    this.sent = [];
    this.hand = { start: null, values: {} }; // what is being moved and not yet let go
    this.wanted = null; // the start and the values that the next frame follows
    this.awaited = new Map(); // what the server has been told: "start", or the name of a setting
    this.pace = 0; // milliseconds a frame while paths follow,
    this.followedAt = null; // when they last did, until the finger rests,
    this.light = false; // and whether they are plain lines until then
    this.unmeasured = null; // since when paths have been drawn that the charts do not show
    this.ratio = Math.max(1, window.devicePixelRatio || 1);
    this.stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.build();
  }

  build() {
    const wake = () => this.wake();
    this.legend = new Legend({
      toggle: (label) => this.toggleLane(label),
      move: (name, value) => this.move(name, value),
      release: (name, value) => this.set(name, value),
      cancel: (name) => this.move(name, null),
    });
    this.mapHost = element("div", { class: "dl-map", role: "group", "aria-label": "Map of the landscape with the paths" });
    this.map = new PlaneMap(this.mapHost, {
      wake,
      arrows: () => this.choice.arrows,
      slopes: () => this.choice.slopes,
      anatomy: () => this.dissected(),
      selected: () => this.selected,
      position: () => this.position,
      canPick: () => this.canPick,
      follow: (start) => this.follow(start),
      pick: (x, y, shown) => this.pick(x, y, shown),
      select: (lane) => this.choose({ lane: lane.label }),
      hover: (hover) => this.showReadout(hover),
      changed: () => this.changed(),
      live: () => this.live,
    }, this.Ground);
    this.mapHost.append(
      element(
        "div",
        { class: "dl-zoom" },
        button("plus", "Zoom in", () => this.map.zoomBy(1 / 1.6)),
        button("minus", "Zoom out", () => this.map.zoomBy(1.6)),
        button("home", "Show the whole domain", () => this.map.reset()),
      ),
    );
    this.reliefHost = element("div", { class: "dl-relief", role: "group", "aria-label": "Surface in three dimensions with the paths" });
    this.relief = new Relief(this.reliefHost, {
      wake,
      selected: () => this.selected,
      position: () => this.position,
      hover: (hover) => this.showReadout(hover),
      changed: () => this.changed(),
    });
    this.reliefHost.append(
      element(
        "div",
        { class: "dl-zoom" },
        button("turnLeft", "Turn left", () => this.relief.turn(15)),
        button("turnRight", "Turn right", () => this.relief.turn(-15)),
        button("home", "Look from where start and finish are seen", () => this.relief.reset()),
      ),
    );
    this.panels = this.pictures({ wake, choose: (part) => this.choose(part), scrub: (step) => this.scrub(step), curvature: (lane) => this.live.curvature(lane), sampled: (lane) => this.live.sampled(lane), pace: (lane) => this.live.pace(lane) });
    this.readout = element("div", { class: "dl-readout" }, element("span", { class: "dl-here" }), element("span", { class: "dl-near" }));
    this.transport = new Transport({
      toggle: () => this.toggle(),
      scrub: (step) => this.scrub(step),
      first: () => this.scrub(0),
      last: () => this.scrub(this.race.steps),
      back: () => this.scrub(Math.ceil(this.position) - 1),
      forward: () => this.scrub(Math.floor(this.position) + 1),
      setSpeed: (speed) => this.choose({ speed }),
      toggleLoop: () => this.choose({ loop: !this.choice.loop }),
      toggleArrows: () => this.choose({ arrows: !this.choice.arrows }),
      toggleSlopes: () => this.choose({ slopes: !this.choice.slopes }),
      toggleAnatomy: () => this.choose({ anatomy: !this.choice.anatomy }),
      savePicture: () => savePicture(this),
    });
    this.stage = element("div", { class: "dl-stage" }, this.mapHost, this.reliefHost, this.panels.root);
    this.root.classList.add("dl-player");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Race of optimizers. Space plays, arrow keys step, Home and End jump.");
    this.root.append(this.legend.root, this.stage, this.readout, this.transport.root);
    listen(this.root, "keydown", (event) => this.key(event));
    listen(this.root, "transitionend", (event) => event.target === this.root && this.restyle());
    for (const host of [this.mapHost, this.reliefHost]) {
      listen(host, "pointerdown", (event) => {
        this.root.classList.add("dl-pointed");
        if (event.target.tagName === "CANVAS") this.root.focus({ preventScroll: true });
      });
    }
    onRestored(this.root, () => this.repaint());
    this.observer = new ResizeObserver(guard(this.root, () => this.relayout()));
    for (const host of [this.root, this.mapHost, this.reliefHost, ...this.panels.plots]) this.observer.observe(host);
  }

  // What stands beside the map.
  pictures(hooks) {
    return new Panels(hooks);
  }

  // ---- data ---------------------------------------------------------------------------------------------------------

  show(bytes) {
    const race = readRace(bytes);
    const before = this.race;
    const given = canonical(race.view);
    const viewChanged = given !== this.givenView && !this.echoed(given);
    this.givenView = given;
    const same = before && before.landscape.key === race.landscape.key;
    if (before && before.race === race.race) {
      this.race.pickable = race.pickable;
      if (race.pickable) this.asSent(race);
      this.legend.show(this.race, this.look, this.offered);
      this.map.placeHandle();
      if (viewChanged) this.applyView(race.view);
      return;
    }
    const part = before ? this.position / before.steps : 1;
    this.race = race;
    this.live = new LiveRace(race, this.live);
    race.landscape = this.live.surface;
    this.transport.suit(race.landscape.dimensions);
    this.root.style.setProperty("--dl-height", `${race.height || 580}px`);
    if (viewChanged) this.applyView(race.view);
    else if (same) this.rename(before.lanes);
    if (before && !same && !viewChanged) this.map.zoomed = null;
    this.look = readLook(this.root, race);
    this.lookKey = JSON.stringify(this.look);
    this.map.look = this.relief.look = this.look;
    this.map.lanes = this.relief.lanes = this.shown;
    this.map.setRace(race);
    this.relief.setRace(race);
    this.catchUp(same);
    const moved = !same || String(before.start) !== String(race.start);
    this.buildLegend();
    this.relayout();
    this.refresh();
    const still = this.stillness.matches || race.replay === false;
    const fixed = viewChanged && race.view.step !== undefined && race.view.step !== null;
    if (fixed) this.stopAt(race.view.step);
    else if ((moved || race.replay === true) && !still) this.playFrom(0);
    else if (moved) this.stopAt(race.steps);
    else {
      this.position = clamp(part * race.steps, 0, race.steps);
      if (!this.playing) this.position = Math.round(this.position);
    }
    if (viewChanged) this.sentView = given;
    this.wake();
  }

  // The race that was there, answered once more: what the server has not been told, or did not take, goes back.
  asSent({ start, handles }) {
    this.race.start = start;
    this.race.handles.forEach((handle, i) => { handle.value = handles[i].value; });
    this.map.pending = null;
    this.catchUp(true, true);
  }

  // Copies of a rule are told apart by their rates: where one is set, who was chosen or hidden has another label.
  rename(before) {
    const { lanes } = this.race;
    if (before.length !== lanes.length || before.some((lane, i) => lane.rule !== lanes[i].rule)) return;
    const now = new Map(before.map((lane, i) => [lane.label, lanes[i].label]));
    const { lane, hidden } = this.choice;
    this.choice.hidden = hidden.map((label) => now.get(label) || label);
    this.choice.lane = now.get(lane) || lane;
    if (JSON.stringify([lane, hidden]) !== JSON.stringify([this.choice.lane, this.choice.hidden])) this.changed();
  }

  // ---- under the finger ---------------------------------------------------------------------------------------------

  // All paths from this start with the next frame; null puts back the one before.
  follow(start) {
    this.hand.start = start && start.map(asInLink);
    this.aim();
  }

  // The same with a setting under the finger; null puts back its value.
  move(name, value) {
    if (value === null) delete this.hand.values[name];
    else this.hand.values[name] = value;
    this.aim();
  }

  aim() {
    const { race, hand } = this;
    if (!race || !this.live.possible) return;
    const values = Object.fromEntries(race.handles.map((handle) => [handle.name, hand.values[handle.name] ?? handle.value]));
    this.wanted = { start: hand.start || race.start, values };
    this.wake();
  }

  redrawPaths() {
    this.map.invalidate("trails", "overlay");
    this.relief.invalidate();
  }

  // One frame of following: the paths at once, what the charts make of them when there is time.
  followed(now) {
    if (this.followedAt !== null) {
      const took = now - this.framedAt;
      this.pace = this.pace ? 0.85 * this.pace + 0.15 * took : took;
      this.light ||= this.pace > SLOW_FRAME;
    }
    this.framedAt = now;
    if (this.wanted) this.followedAt = now;
    else if (now - this.followedAt > RESTING) {
      this.pace = 0;
      this.followedAt = null;
      this.light = false;
    }
    // At the end nothing shows of the faint paths below the strong ones; they can wait until the finger rests.
    const { trails } = this.map;
    const { light } = this;
    const ghosts = this.followedAt === null || this.position < this.race.steps;
    // Most of what charts cost is painted after the script: the whole frame counts.
    if (this.chartsAt) this.chartsTook = now - this.chartsAt;
    this.chartsAt = null;
    if ((ghosts && !trails.ghosts) || (trails.light && !light)) this.map.invalidate("trails");
    trails.follow(ghosts, light);
    if (this.wanted) {
      this.live.to(this.wanted);
      this.reshape();
      this.redrawPaths();
      this.unmeasured ??= now;
    } else if (this.unmeasured === null) return;
    if (this.wanted && now - this.unmeasured < Math.max(CHARTS_EVERY, CHARTS_SHARE * (this.chartsTook || 0))) {
      this.wanted = null;
      return;
    }
    this.wanted = null;
    this.live.measure();
    this.remeasured();
    if (this.choice.charts !== false) this.panels.draw(this.position);
    this.chartsAt = now;
  }

  // The surface itself, where its parameters have moved.
  reshape() {
    if (this.race.landscape === this.live.surface) return;
    this.race.landscape = this.live.surface;
    this.map.setSurface();
    this.relief.setRace(this.race);
  }

  remeasured() {
    this.unmeasured = null;
    this.panels.follow(this.race, this.shown, this.selected, this.choice, this.look);
    this.valuesStep = null;
  }

  // A start that was chosen: the paths from there at once, and the server is told.
  pick(x, y, shown) {
    this.hand.start = null;
    if (this.live.possible) {
      this.race.start = [x, y].map(asInLink);
      this.tell("start", this.race.start);
      this.aim();
      this.relief.setRace(this.race);
      if (!shown && !this.stillness.matches) this.playFrom(0);
      else if (!shown) this.stopAt(this.race.steps);
    }
    if (this.race.pickable) this.hooks.onPick?.({ x, y });
  }

  // A setting whose handle was let go.
  set(name, value) {
    delete this.hand.values[name];
    this.race.handles.find((handle) => handle.name === name).value = value;
    this.tell(name, value);
    this.aim();
    if (this.race.pickable) this.hooks.onSet?.({ name, value });
  }

  tell(what, value) {
    if (this.race.pickable) this.awaited.set(what, { value, at: performance.now() });
  }

  // The server answers after the finger has moved on: what it has been told since, and what is under the finger, stay.
  // again: the race is the one that was there.
  catchUp(sameLandscape, again = false) {
    const { race, awaited } = this;
    const places = new Map(race.handles.map((handle) => [handle.name, handle]));
    for (const [what, { value, at }] of [...awaited]) {
      const answered = what === "start" ? race.start : places.get(what)?.value;
      const late = performance.now() - at > PATIENCE;
      if (!sameLandscape || late || answered === undefined || String(answered) === String(value)) awaited.delete(what);
      else if (what === "start") race.start = this.map.pending = value;
      else places.get(what).value = value;
    }
    const { values } = this.hand;
    for (const name of Object.keys(values)) if (!sameLandscape || !places.has(name)) delete values[name];
    this.hand.start = this.map.dragStart && this.map.dragStart.map(asInLink);
    this.wanted = this.unmeasured = null;
    if (again || awaited.size || this.hand.start || Object.keys(values).length) this.aim();
  }

  applyView(view) {
    const given = Object.fromEntries(Object.entries(view).filter(([name]) => name in DEFAULTS));
    this.choice = { ...DEFAULTS, ...given, speed: validSpeed(given.speed), hidden: [...(given.hidden || [])] };
    const zoom = this.choice.zoom;
    const valid = Array.isArray(zoom) && zoom.length === 4 && zoom.every(Number.isFinite) && zoom[0] < zoom[1] && zoom[2] < zoom[3];
    const { camera } = this.choice;
    this.relief.chosen = Array.isArray(camera) && camera.length === 2 && camera.every(Number.isFinite) ? [...camera] : null;
    this.relief.invalidate();
    this.map.zoomed = valid ? { x0: zoom[0], x1: zoom[1], y0: zoom[2], y1: zoom[3] } : null;
    if (this.look) {
      this.map.layout();
      this.refresh();
    }
  }

  // Whether a view that arrives is one that this player sent a moment ago, on its way through the page.
  echoed(text) {
    const now = performance.now();
    this.sent = this.sent.filter(({ at }) => now - at < 10_000);
    return text === this.sentView || this.sent.some((one) => one.text === text);
  }

  // What a link needs to show the same: only what differs from the defaults.
  viewState() {
    const { zoomed } = this.map;
    const step = Math.round(this.position);
    const state = {
      ...this.choice,
      step: this.playing || !this.race || step === this.race.steps ? null : step,
      camera: this.relief.chosen && this.relief.chosen.map((degrees) => Math.round(degrees)),
      zoom: zoomed && [zoomed.x0, zoomed.x1, zoomed.y0, zoomed.y1].map((value) => Number(value.toPrecision(9))),
    };
    return differing(state);
  }

  changed() {
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(guard(this.root, () => this.tellView()), 400);
  }

  tellView() {
    if (this.playing || !this.race) return;
    const state = this.viewState();
    const text = canonical(state);
    if (text === this.sentView) return;
    this.sentView = text;
    this.sent.push({ text, at: performance.now() });
    this.hooks.onView?.(state);
  }

  // Whether the surface is shown in three dimensions, and what draws the large picture.
  get solid() {
    return this.choice.picture === "3d" && this.race?.landscape.dimensions !== 1;
  }

  get plane() {
    return this.solid ? this.relief : this.map;
  }

  get canPick() {
    return Boolean(this.race && ((this.hooks.onPick && this.race.pickable) || this.live.possible));
  }

  get shown() {
    return this.race.lanes.filter((lane) => !this.choice.hidden.includes(lane.label));
  }

  get selected() {
    const named = this.race.lanes.find((lane) => lane.label === this.choice.lane);
    if (named) return named;
    // The one whose memory has most to show: an adaptive rule that arrives, else any that remembers.
    const worth = (lane) => (lane.diverged < 0 ? 4 : 0) + (lane.memory.some(({ name }) => name === "v") ? 2 : 0) + (lane.memory.length > 1 ? 1 : 0);
    return [...(this.shown.length ? this.shown : this.race.lanes)].sort((a, b) => worth(b) - worth(a))[0] || null;
  }

  choose(part) {
    Object.assign(this.choice, part);
    this.refresh();
    this.changed();
  }

  refresh() {
    if (!this.race) return;
    this.root.classList.toggle("dl-no-map", this.choice.map === false);
    this.root.classList.toggle("dl-no-charts", this.choice.charts === false);
    this.root.classList.toggle("dl-solid", this.solid);
    this.plane.setShown(this.shown);
    this.map.invalidate("slopes");
    this.panels.update(this.race, this.shown, this.selected, this.choice, this.look);
    this.legend.press(this.choice.hidden);
    this.showReadout(this.plane.hover);
    this.wake();
  }

  // The handles that do something here: where nobody answers, only those whose lanes move in the browser.
  get offered() {
    return this.race.handles.filter((handle) => (this.hooks.onSet && this.race.pickable) || this.live.follows(handle));
  }

  buildLegend() {
    this.valuesStep = null;
    const built = this.legend.show(this.race, this.look, this.offered);
    if (built && Object.keys(this.hand.values).length) {
      this.hand.values = {};
      this.aim();
    }
    this.root.classList.toggle("dl-many", this.race.lanes.length > 6);
  }

  toggleLane(label) {
    const { hidden } = this.choice;
    this.choose({ hidden: hidden.includes(label) ? hidden.filter((one) => one !== label) : [...hidden, label] });
  }

  // ---- playing ------------------------------------------------------------------------------------------------------

  playFrom(step) {
    this.position = step;
    this.playing = true;
    this.rest = 0;
    this.last = null;
    this.wake();
  }

  stopAt(step) {
    this.playing = false;
    this.position = clamp(Math.round(step), 0, this.race.steps);
    this.wake();
  }

  toggle() {
    if (!this.race) return;
    if (this.playing) {
      this.stopAt(Math.floor(this.position));
      this.changed();
    } else this.playFrom(this.position >= this.race.steps ? 0 : this.position);
  }

  scrub(step) {
    if (!this.race) return;
    this.stopAt(step);
    this.changed();
  }

  advance(now) {
    const elapsed = this.last === null ? 0 : Math.min(0.1, (now - this.last) / 1000);
    this.last = now;
    const { steps } = this.race;
    if (this.rest > 0) {
      this.rest -= elapsed;
      if (this.rest <= 0) this.position = 0;
      return;
    }
    this.position += (elapsed * this.choice.speed * steps) / SECONDS;
    if (this.position < steps) return;
    this.position = steps;
    if (this.choice.loop) this.rest = 0.8;
    else {
      this.playing = false;
      this.changed();
    }
  }

  key(event) {
    this.root.classList.remove("dl-pointed");
    if (event.altKey || event.ctrlKey || event.metaKey || !this.race) return;
    const tag = event.target.tagName;
    const field = tag === "SELECT" || (tag === "INPUT" && event.key !== " ");
    if (field || (tag === "BUTTON" && event.key === " ")) return;
    const jump = event.shiftKey ? Math.max(1, Math.round(this.race.steps / 20)) : 1;
    const acts = {
      " ": () => this.toggle(),
      ArrowRight: () => this.scrub(Math.floor(this.position) + jump),
      ArrowLeft: () => this.scrub(Math.ceil(this.position) - jump),
      ArrowUp: () => this.scrub(Math.floor(this.position) + jump),
      ArrowDown: () => this.scrub(Math.ceil(this.position) - jump),
      Home: () => this.scrub(0),
      End: () => this.scrub(this.race.steps),
    };
    if (!(event.key in acts)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  restyle() {
    if (!this.race) return;
    const look = readLook(this.root, this.race);
    if (JSON.stringify(look) === this.lookKey) return;
    this.look = look;
    this.lookKey = JSON.stringify(look);
    this.map.setLook(look);
    this.relief.setLook(look);
    this.buildLegend();
    this.refresh();
  }

  relayout() {
    const width = this.root.clientWidth;
    if (!width || !this.race) return;
    this.root.classList.toggle("dl-wide", width >= (window.innerHeight < LOW && this.choice.charts !== false ? WIDE_IF_LOW : WIDE));
    this.root.classList.toggle("dl-low", window.innerHeight < LOWEST && this.choice.charts !== false);
    this.root.classList.toggle("dl-narrow", width < NARROW);
    const ratio = this.forcedRatio || Math.max(1, window.devicePixelRatio || 1);
    const hosts = [this.mapHost, this.reliefHost, ...this.panels.plots];
    const key = JSON.stringify([ratio, ...hosts.map((host) => [host.clientWidth, host.clientHeight])]);
    if (key === this.layoutKey) return;
    this.layoutKey = key;
    const host = this.solid ? this.reliefHost : this.mapHost;
    if (this.choice.map !== false) this.plane.resize(host.clientWidth, host.clientHeight, ratio);
    if (this.choice.charts !== false) this.panels.resize(ratio);
    this.draw(4);
  }

  // All of it, where the browser has lost what was drawn.
  repaint() {
    this.map.forget();
    this.layoutKey = null;
    this.relayout();
  }

  wake() {
    if (!this.frame && !this.gone) this.frame = requestAnimationFrame(guard(this.root, (now) => this.tick(now)));
  }

  tick(now) {
    this.frame = 0;
    if (!this.race) return;
    this.followed(now);
    if (this.playing) this.advance(now);
    const busy = this.draw(this.playing ? 5 : 9);
    if (this.playing || busy || this.unmeasured !== null || this.followedAt !== null) this.wake();
  }

  draw(budget) {
    const busy = this.choice.map !== false && this.plane.draw(this.position, budget);
    if (this.choice.charts !== false) this.panels.draw(this.position);
    const step = Math.floor(this.position + 1e-9);
    this.transport.show({ ...this.choice, playing: this.playing, step, steps: this.race.steps });
    if (step !== this.valuesStep || this.race !== this.valuesRace) {
      this.valuesStep = step;
      this.valuesRace = this.race;
      this.legend.tell((lane) => {
        if (lane.stale) return "…";
        if (lane.diverged < 0 || step < lane.diverged) return formatNumber(this.valueOf(lane, step));
        return lane.diverged ? "diverged" : "not defined";
      });
      if (!this.plane.hover) this.showReadout(null);
    }
    return busy;
  }

  valueOf(lane, step) {
    return (this.live.surface.base || 0) + lane.gap[Math.min(step, lastStep(lane, this.race.steps))];
  }

  // What the step at the cursor is made of, for the lane that is chosen; at the end it is the last step.
  dissected() {
    const lane = this.choice.anatomy && this.race ? this.selected : null;
    if (!lane || lane.stale || !this.shown.includes(lane)) return null;
    const end = lastStep(lane, this.race.steps);
    const k = Math.min(Math.floor(this.position), end - 1);
    if (k < 0) return null;
    const parts = vectorsOf(this.live.anatomy(lane, k, this.map.exact.gradient), lane.rate.some(Number.isFinite) ? "η" : "");
    return { lane, k, parts };
  }

  words(x, y) {
    return this.race.landscape.dimensions === 1 ? `x ${formatNumber(x, 6)}` : `x ${formatNumber(x, 6)}   y ${formatNumber(y, 6)}`;
  }

  // One line at a fixed place: what is under the pointer, and the nearest point of a path (or the chosen lane's head).
  showReadout(hover) {
    if (!this.race) return;
    const [here, near] = this.readout.children;
    const data = this.readout.dataset;
    if (hover) {
      Object.assign(data, { x: hover.x, y: hover.y, f: hover.f });
      here.textContent = `${this.words(hover.x, hover.y)}   f ${formatNumber(hover.f, 8)}`;
    } else {
      for (const name of ["x", "y", "f"]) delete data[name];
      const touch = this.canPick ? `Click the ${this.race.landscape.dimensions === 1 ? "curve" : "map"} to start there. ` : "";
      here.textContent = this.solid ? "Drag to turn the surface." : `${touch}Drag to pan, wheel or pinch to zoom.`;
    }
    const lane = hover?.lane || this.selected;
    if (!lane) {
      near.textContent = "";
      return;
    }
    const k = hover?.lane ? hover.k : Math.min(Math.floor(this.position), lastStep(lane, this.race.steps));
    const ended = lane.diverged ? `, diverges at step ${formatCount(lane.diverged)}` : ", where f is not defined";
    const diverged = lane.diverged >= 0 && k >= lane.diverged - 1 ? ended : "";
    const numbers = [
      this.words(lane.x[k], lane.y[k]),
      `f ${formatNumber(this.valueOf(lane, k), 6)}`,
      `|∇f| ${formatNumber(lane.gradient[k], 4)}`,
    ];
    const dissected = hover || this.solid ? null : this.dissected();
    const told = dissected ? spoken(dissected.parts, this.race.landscape.dimensions) : numbers.join("   ");
    near.textContent = `${lane.label}, step ${formatCount(dissected ? dissected.k : k)}${diverged}:   ${told}`;
    Object.assign(data, { lane: lane.label, step: k });
  }

  destroy() {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.viewTimer);
    this.observer.disconnect();
    this.map.destroy();
    this.legend.destroy();
    this.root.replaceChildren();
  }
}

export function mount(root, hooks = {}) {
  return new Player(root, hooks);
}
