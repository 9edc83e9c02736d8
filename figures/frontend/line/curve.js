// The ground of a race on a function of one variable: the curve, its turning points, the tangent and the step of the chosen
// lane, and under it the axis once for every lane, in the color of the minimum that a start there comes to.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { drawFrame } from "../race/map.js";
import { drawArrow, drawMarker } from "../race/marks.js";
import { keyRoom } from "../race/overlay.js";
import { compileProgram } from "../race/program.js";
import { clipSegment, lastStep } from "../race/trails.js";
import { AxisEnds, endInWords } from "./ends.js";
import { DIVERGED, LEFT, MOVING, UNDEFINED, turnsOf } from "./turns.js";

const CURVE_MARGIN = { left: 50, right: 16, top: 15 };
const AXIS_ROOM = 36; // pixels of ticks and the axis's name
const ENDS_ROOM = 16; // and, under them, of what the colors of the strips mean
const OTHER_ENDS = { [MOVING]: "moving", [LEFT]: "left", [DIVERGED]: "diverged", [UNDEFINED]: "undefined" };
const END_NAMES = { [MOVING]: "no end yet", [LEFT]: "out of the window", [DIVERGED]: "diverges", [UNDEFINED]: "f not defined" };
const ABOVE = 0.09; // of the curve's height
const SMALL_PICTURE = 480; // pixels of the picture below which the key has two rows of short names
const HALF_TANGENT = 74; // half its length
const STACKED = 15; // between vectors that would lie on each other
const WORK_TIME = 6; // milliseconds of a frame for the strips

export class CurveGround {
  constructor(map) {
    this.map = map;
    this.ends = new AxisEnds();
    this.lift = STACKED;
    this.columns = new Map();
    this.told = element("p", { class: "dl-told" });
    map.host.append(this.told);
    map.host.setAttribute("aria-label", "Curve of the function with the paths, and where every start of the axis ends");
  }

  get rows() {
    return this.map.race ? this.map.race.lanes.length : 1;
  }

  get row() {
    return this.rows > 6 ? 7 : this.rows > 3 ? 10 : 13;
  }

  get below() {
    return this.rows * this.row + 8;
  }

  get margin() {
    return { ...CURVE_MARGIN, bottom: AXIS_ROOM + ENDS_ROOM + this.below };
  }

  get busy() {
    return this.ends.busy;
  }

  get narrow() {
    return this.map.width < SMALL_PICTURE;
  }

  // ---- geometry -----------------------------------------------------------------------------------------------------

  onto(x) {
    return [x, 0];
  }

  height(x) {
    return this.map.exact.value(x, 0);
  }

  // f along a lane, in one go.
  heights(lane) {
    const { x } = lane;
    if (!this.run || this.size < x.length) {
      this.size = x.length;
      this.run = compileProgram(this.surface.codes.value, this.size, this.surface.parameters);
    }
    const column = this.columns.get(lane.index)?.length === x.length ? this.columns.get(lane.index) : new Float64Array(x.length);
    column.set(this.run(x, x, x.length).subarray(0, x.length));
    this.columns.set(lane.index, column);
    return column;
  }

  setSurface(surface) {
    this.surface = surface;
    this.run = null;
    this.turnsFor = null;
  }

  home(race) {
    let [x0, x1] = race.landscape.domain[0];
    const start = race.start[0];
    if (start < x0) x0 = start - 0.04 * (x1 - start);
    if (start > x1) x1 = start + 0.04 * (start - x0);
    return this.fitted(x0, x1);
  }

  // A window of x with all of the curve there; a pole does not flatten what is beside it.
  fitted(x0, x1) {
    const count = 400;
    const heights = [];
    for (let i = 0; i <= count; i += 1) {
      const f = this.height(x0 + ((x1 - x0) * i) / count);
      if (Number.isFinite(f)) heights.push(f);
    }
    if (!heights.length) return { x0, x1, y0: 0, y1: 1 };
    heights.sort((a, b) => a - b);
    const at = (part) => heights[Math.round(part * (heights.length - 1))];
    const usual = at(0.95) - at(0.05) || Math.abs(at(0.5)) * 1e-6 || 1;
    const low = Math.max(at(0), at(0.05) - 3 * usual);
    const high = Math.min(at(1), at(0.95) + 3 * usual);
    const span = high - low || usual;
    const part = Math.min(0.5, keyRoom(this.narrow ? 2 : 1) / this.map.height); // so that the key hides no minimum
    const under = ((1 + ABOVE) * part) / (1 - part);
    return { x0, x1, y0: low - under * span, y1: high + ABOVE * span };
  }

  scaled(view, [px], factor) {
    const { home, width } = this.map;
    const wide = (view.x1 - view.x0) * factor;
    const x = view.x0 + (px / width) * (view.x1 - view.x0);
    if (factor > 1 && wide > 6 * (home.x1 - home.x0)) return null;
    if (factor < 1 && wide < 1e-9 * Math.max(Math.abs(x), home.x1 - home.x0)) return null;
    return this.fitted(x - (x - view.x0) * factor, x + (view.x1 - x) * factor);
  }

  moved(view, [dx]) {
    const way = (dx / this.map.width) * (view.x1 - view.x0);
    return this.fitted(view.x0 - way, view.x1 - way);
  }

  // ---- what does not move -------------------------------------------------------------------------------------------

  // The turning points of the surface as it is, in the window.
  get turns() {
    if (this.turnsFor !== this.surface) {
      this.turnsFor = this.surface;
      this.known = turnsOf(this.map.exact, ...this.surface.domain[0]);
    }
    return this.known;
  }

  request() {
    this.map.host.style.setProperty("--dl-below", `${this.below + ENDS_ROOM}px`);
  }

  // The color of a turning point or another end: of minima from left to right through the palette.
  color(end) {
    const { look, race } = this.map;
    const theme = look.dark ? 1 : 0;
    if (end < 0) return race.ends[OTHER_ENDS[end]][theme];
    const { turns } = this;
    if (!turns[end].minimum) return race.ends.maximum;
    const minima = turns.filter(({ minimum }) => minimum);
    const palette = race.ends.minima[theme];
    const part = minima.length > 1 ? minima.indexOf(turns[end]) / (minima.length - 1) : 0.5;
    return palette[Math.round(part * (palette.length - 1))];
  }

  draw(dirty) {
    const { map } = this;
    const live = map.hooks.live();
    if (live) {
      this.ends.ask(map.race.lanes, live, this.turns, map.view, this.surface.domain[0]);
      if (this.ends.work(live, WORK_TIME)) dirty.add("axes");
    }
    if (dirty.has("field")) this.drawCurve();
    if (dirty.has("axes") || dirty.has("trails")) {
      drawFrame(map, "f", (context) => this.drawStrips(context), this.below);
      if (!this.ends.busy) this.tell();
    }
  }

  drawCurve() {
    const { map } = this;
    const { look, width, height, view } = map;
    const context = map.canvases.field.getContext("2d");
    context.clearRect(0, 0, width, height);
    context.fillStyle = look.background;
    context.fillRect(0, 0, width, height);
    context.lineJoin = "round";
    const fine = 2;
    const path = new Path2D();
    const shade = new Path2D();
    let before = null;
    for (let i = 0; i <= width * fine; i += 1) {
      const x = view.x0 + ((view.x1 - view.x0) * i) / (width * fine);
      const [px, py] = map.place(x, 0);
      const known = Number.isFinite(py);
      const cut = known && before && clipSegment(...before, px, py, width, height, 40);
      // From one side of the picture to the other within half a pixel: a pole, and nothing is drawn across it.
      const jump = before && Math.abs(py - before[1]) > 2 * height;
      if (cut && !jump) {
        path.moveTo(cut[0], cut[1]);
        path.lineTo(cut[2], cut[3]);
        shade.moveTo(cut[0], height);
        shade.lineTo(cut[0], cut[1]);
        shade.lineTo(cut[2], cut[3]);
        shade.lineTo(cut[2], height);
        shade.closePath();
      }
      before = known ? [px, py] : null;
    }
    context.globalAlpha = look.dark ? 0.13 : 0.07;
    context.fillStyle = look.text;
    context.fill(shade);
    context.globalAlpha = 1;
    this.turns.forEach((turn, i) => {
      const [x, y] = map.place(turn.x, 0);
      if (x < 0 || x > width || !turn.minimum) return;
      context.strokeStyle = this.color(i);
      context.lineWidth = 2;
      context.setLineDash([2, 4]);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, height);
      context.stroke();
    });
    context.setLineDash([]);
    context.strokeStyle = look.text;
    context.lineWidth = 2.2;
    context.lineCap = "round";
    context.stroke(path);
  }

  drawStrips(context) {
    const { map, row } = this;
    const { look, race, width, height } = map;
    race.lanes.forEach((lane, i) => {
      const top = height + 5 + i * row;
      const thick = row - 2;
      drawMarker(context, lane.outline, -11, top + thick / 2, Math.min(5, thick / 2 + 0.5), look.laneColor(lane), null);
      const strip = this.ends.of(lane);
      context.globalAlpha = map.lanes.includes(lane) ? 1 : 0.25;
      if (!strip) {
        context.strokeStyle = look.grid;
        context.strokeRect(0.5, top + 0.5, width - 1, thick - 1);
        if (row > 9) {
          context.fillStyle = look.muted;
          context.font = look.font(9);
          context.textAlign = "left";
          context.textBaseline = "middle";
          context.fillText("a rule that searches: only its own start is run", 5, top + thick / 2 + 0.5);
        }
      } else {
        for (const { end, from, to } of AxisEnds.runs(strip)) {
          context.fillStyle = this.color(end);
          context.fillRect(from * width, top, (to - from) * width, thick);
        }
      }
      context.globalAlpha = 1;
    });
    this.drawEnds(context);
    for (const [i, turn] of this.turns.entries()) {
      const x = map.toScreen(turn.x, 0)[0];
      if (!turn.minimum || x < 0 || x > width) continue;
      context.fillStyle = this.color(i);
      context.beginPath();
      context.moveTo(x, height - 8);
      context.lineTo(x + 6, height + 1);
      context.lineTo(x - 6, height + 1);
      context.fill();
    }
  }

  // The strips in words, for who cannot see them and for who copies.
  tell() {
    const { race } = this.map;
    const told = race.lanes.map((lane) => {
      const strip = this.ends.of(lane);
      if (!strip) return null;
      const shares = AxisEnds.shares(strip).slice(0, 4);
      const parts = shares.map(([end, share]) => `${Math.round(100 * share)} % of the starts ${endInWords(end, this.turns, race.steps, (x) => formatNumber(x))}`);
      return `${lane.label}: ${parts.join(", ")}.`;
    });
    const text = told.filter(Boolean).join(" ");
    if (this.told.textContent !== text) this.told.textContent = text;
  }

  // What the colors of the axis mean that no minimum has, in a row under its ticks.
  drawEnds(context) {
    const { map } = this;
    const named = new Map();
    for (const end of this.ends.present) {
      const name = end >= 0 ? !this.turns[end]?.minimum && "to a maximum" : END_NAMES[end];
      if (name) named.set(name, this.color(end));
    }
    if (!named.size) return;
    const { look } = map;
    const middle = map.height + this.below + AXIS_ROOM - 6 + ENDS_ROOM / 2;
    context.font = look.font(11);
    context.textAlign = "left";
    context.textBaseline = "middle";
    const names = ["starts:", ...named.keys()];
    const wide = names.reduce((sum, name, i) => sum + context.measureText(name).width + (i ? 30 : 8), 0);
    if (wide > map.width) context.font = look.font(Math.max(8, Math.floor((11 * map.width) / wide)));
    let left = 0;
    for (const name of names) {
      context.fillStyle = named.get(name) || look.muted;
      if (named.has(name)) {
        context.fillRect(left, middle - 4, 14, 8);
        context.strokeStyle = look.muted; // some of the colors are nearly the page's own
        context.strokeRect(left + 0.5, middle - 3.5, 13, 7);
        left += 18;
      }
      context.fillStyle = look.muted;
      context.fillText(name, left, middle + 0.5);
      left += context.measureText(name).width + (named.has(name) ? 12 : 8);
    }
  }

  // ---- what moves ---------------------------------------------------------------------------------------------------

  // The tangent at the chosen lane's point, and its step; what the key lists of them.
  mark(context, heads) {
    const { map } = this;
    const head = heads.find(({ lane }) => lane === map.hooks.selected());
    if (!head || head.diverged || head.lane.stale) return [];
    const { lane, k } = head;
    const { look } = map;
    const color = look.laneColor(lane);
    const [slope] = map.exact.gradient(lane.x[k], 0);
    const [x, y] = map.place(lane.x[k], 0);
    if (![slope, x, y].every(Number.isFinite)) return [];
    const { x0, x1, y0, y1 } = map.view;
    const down = -slope * (map.height / (y1 - y0)) * ((x1 - x0) / map.width);
    const across = HALF_TANGENT / Math.hypot(1, down);
    for (const [style, width] of [[look.halo, 4.5], [look.text, 1.6]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.setLineDash([]);
      context.beginPath();
      context.moveTo(x - across, y - across * down);
      context.lineTo(x + across, y + across * down);
      context.stroke();
    }
    const listed = [[`${this.narrow ? "" : "tangent, "}f′ ${formatNumber(slope)}`, (left, middle) => strokeLine(context, left - 9, middle + 4, left + 9, middle - 4, look.text)]];
    if (k >= lastStep(lane, map.race.steps) || map.hooks.anatomy()) return listed;
    const [to, under] = map.place(lane.x[k + 1], 0);
    drawArrow(context, x, y, Math.max(-3e3, Math.min(3e3, to - x)), 0, color, look.halo);
    context.setLineDash([2, 3]);
    strokeLine(context, to, y, to, Math.max(-20, Math.min(map.height + 20, under)), color);
    context.setLineDash([]);
    const whose = this.narrow ? "" : ` of ${lane.short}`;
    const stepped = [`step ${formatNumber(lane.x[k + 1] - lane.x[k])}${whose}`, (left, middle) => drawArrow(context, left - 9, middle, 17, 0, color, look.halo)];
    return [...listed, stepped];
  }
}

function strokeLine(context, x0, y0, x1, y1, color) {
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
