// The two charts: how the race goes (all lanes), and what the chosen lane remembers.

import { element, fillMenu, menu } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { rowsSeen } from "../shared/batches.js";
import { Chart, chooseScale } from "./charts.js";
import { lastStep } from "./trails.js";

const MEASURES = {
  value: { text: "value", field: "gap" },
  distance: { text: "distance to minimum", field: "distance" },
  gradient: { text: "gradient norm", field: "gradient" },
  sampled: { text: "norm of the sampled gradient", field: "sampled" },
  rate: { text: "learning rate", field: "rate" },
  sum: { text: "sum of rates", field: "rate", power: 1 },
  squares: { text: "sum of squared rates", field: "rate", power: 2 },
  position: { text: "position x", field: "x" },
};

// What a step costs: the text of the menu, and the numbers of a lane; null where they are not known.
const COSTS = {
  evaluations: { text: "gradient evaluations", of: (lane) => lane.evaluations, key: (lane) => lane.evaluationsKey },
  epochs: { text: "epochs", of: (lane, race) => seen(lane, race).map((each) => each / rowsOf(race)), key: costKey },
  rows: { text: "rows seen", of: seen, key: costKey },
  time: { text: "time on this machine", of: (lane, race, hooks) => timed(hooks.pace(lane), race.steps), key: (lane) => lane.label },
};
const OF_ROWS = ["epochs", "rows"];

// Whether a race has this axis: some are of rows only, and time is measured where a lane runs here.
function hasCost(key, race) {
  if (key === "time") return race.lanes.some((lane) => lane.program);
  return Object.hasOwn(COSTS, key) && (!OF_ROWS.includes(key) || rowsOf(race) > 0);
}

function timed(pace, steps) {
  return pace === null ? null : Float64Array.from({ length: steps + 1 }, (_, k) => k * pace);
}

// Milliseconds in the unit that suits the largest of them.
function timeUnit(most) {
  return most < 1 ? ["µs", 1000] : most < 1000 ? ["ms", 1] : ["s", 0.001];
}

// How far the axis of a cost goes: what all rows take would leave a batch of one no room, so it ends soon after the others.
function upTo(ends, across) {
  const most = Math.max(across === "time" ? 0 : 1, ...ends);
  return across === "evaluations" || !ends.length ? most : Math.min(most, 4 * Math.min(...ends));
}

function rowsOf(race) {
  const { rows } = race.landscape.codes;
  return rows ? rows.columns[0].length : 0;
}

function seen(lane, race) {
  return rowsSeen(lane, rowsOf(race), race.steps);
}

function costKey(lane) {
  return JSON.stringify([lane.evaluationsKey, lane.batches]);
}

// Stands in the menu of quantities, and in a link, for the root of the second moment beside the curvature.
const CURVATURE = "curvature";

// Stands in the menu of lanes, and in a link, for all of them.
const EVERY = "*";

// What a line of every stride-th step says of its axis.
function alongSteps(race, values, count) {
  return {
    ys: values,
    count: Math.min(count, values.length),
    stride: race.stride,
    xs: (k) => k * race.stride,
    group: "step",
    cursor: (position) => position,
  };
}

export class Panels {
  constructor(hooks) {
    this.hooks = hooks;
    this.measure = menu("Vertical axis", () => hooks.choose({ y: this.measure.value }));
    this.across = menu("Horizontal axis", () => hooks.choose({ x: this.across.value }));
    this.lane = menu("Optimizer whose memory is shown", () => hooks.choose({ lane: this.lane.value }));
    this.memory = menu("Quantity", () => hooks.choose({ memory: this.memory.value }));
    const plots = [0, 1].map(() => element("div", { class: "dl-plot" }));
    this.root = element(
      "div",
      { class: "dl-charts" },
      element("div", { class: "dl-panel" }, element("div", { class: "dl-head" }, this.measure, element("span", {}, "by"), this.across), plots[0]),
      element("div", { class: "dl-panel" }, element("div", { class: "dl-head" }, this.memory, element("span", {}, "of"), this.lane), plots[1]),
    );
    this.plots = plots;
    this.charts = plots.map((plot) => new Chart(plot, hooks));
  }

  update(race, shown, selected, choice, look) {
    const measures = Object.entries(MEASURES).filter(([key]) => this.hasMeasure(key, race));
    fillMenu(this.measure, measures.map(([key, { text }]) => [key, key === "value" && race.base !== null ? "value above minimum" : text]), choice.y);
    const costs = Object.entries(COSTS).filter(([key]) => hasCost(key, race));
    fillMenu(this.across, [["step", "step"], ...costs.map(([key, { text }]) => [key, text])], choice.x);
    const every = isOfEvery(choice, shown, selected);
    fillMenu(this.lane, [...race.lanes.map((lane) => [lane.label, lane.label]), [EVERY, "every optimizer"]], every ? EVERY : selected?.label || "");
    const quantities = selected ? [["effective step", "effective step"], ...remembered(selected)] : [];
    if (selected?.program?.scale) quantities.push([CURVATURE, "√v beside curvature"]);
    fillMenu(this.memory, quantities, choice.memory || telling(selected));
    if (!this.measure.value) this.measure.value = "value";
    if (!this.memory.value) this.memory.value = telling(selected);
    this.follow(race, shown, selected, choice, look);
    for (const chart of this.charts) chart.setLook(look);
  }

  hasMeasure(key, race) {
    if (key === "position" && race.landscape.dimensions !== 1) return false;
    if (key === "sampled") return race.lanes.some((lane) => lane.program && (lane.batches || race.tilts));
    return key === "value" || race.lanes.some((lane) => usable(lane[MEASURES[key].field])); // the value even where none is
  }

  // The curves alone: the same lanes may have other numbers.
  follow(race, shown, selected, choice, look) {
    this.race_(race, shown, selected, choice.x, look);
    if (isOfEvery(choice, shown, selected)) this.memories_(race, shown, look);
    else if (selected) this.memory_(race, selected, look);
  }

  race_(race, shown, selected, across, look) {
    const { field, text, power } = MEASURES[this.measure.value];
    const cost = hasCost(across, race) ? COSTS[across] : null;
    const spent = new Map(cost ? shown.map((lane) => [lane, cost.of(lane, race, this.hooks)]) : []);
    if (field === "sampled") for (const lane of shown) lane.sampled = this.hooks.sampled(lane);
    const lanes = shown.filter((lane) => usable(lane[field]) && spent.get(lane) !== null);
    const sums = new Map(power ? lanes.map((lane) => [lane, summed(lane.rate, power)]) : []);
    const series = lanes.map((lane) => ({
      color: lane.stale ? look.muted : look.laneColor(lane),
      dash: lane.dash,
      label: lane.short,
      ys: sums.get(lane) || lane[field],
      count: lastStep(lane, race.steps) + 1,
      ended: lane.diverged >= 0,
      stride: 1,
      xs: cost ? (i) => spent.get(lane)[i] : (i) => i,
      group: cost ? cost.key(lane) : "step",
      cursor: cost ? (position) => between(spent.get(lane), position) : (position) => position,
    }));
    const guide = selected && lanes.includes(selected) ? selected : lanes[0];
    let xMax = cost ? upTo(lanes.map((lane) => spent.get(lane)[race.steps]), across) : race.steps;
    let xTitle = cost ? cost.text : "step";
    if (across === "time" && cost) {
      const [unit, factor] = timeUnit(xMax);
      for (const lane of lanes) spent.set(lane, spent.get(lane).map((each) => each * factor));
      [xMax, xTitle] = [xMax * factor, `${xTitle}, ${unit}`];
    }
    const valueTitle = race.base !== null ? "f − f*" : "f";
    const title = { value: valueTitle, distance: "distance to nearest minimum", gradient: "|∇f|", sampled: "|g| of the step", rate: "learning rate", sum: "Σ rate", squares: "Σ rate²", position: "x" }[this.measure.value];
    const scale = chooseScale(power ? lanes.map((lane) => sums.get(lane).subarray(1, lastStep(lane, race.steps) + 1)) : visible(lanes, field, race), field === "x" ? "linear" : "log");
    this.charts[0].setData({
      series,
      xTitle,
      yTitle: cutOff(lanes, field, race, scale) ? `${title}, cut off outside the window` : title,
      scale,
      xMax,
      stepAt: cost && guide ? (x) => stepFor(spent.get(guide), x) : (x) => Math.round(x),
      describe: `${text} by ${xTitle} of ${lanes.map((lane) => lane.label).join(", ")}`,
    });
  }

  memory_(race, selected, look) {
    const name = this.memory.value;
    const curved = name === CURVATURE;
    const state = curved ? { series: this.hooks.curvature(selected) } : selected.memory.find((one) => one.name === name);
    const dashes = curved ? [[], [6, 4]] : [[], [6, 4], [2, 3], [9, 3, 2, 3]]; // an axis has its dash, a quantity its colour
    const count = Math.floor(lastStep(selected, race.steps) / race.stride) + 1;
    const series = (state ? state.series : []).map((one, i) => ({
      color: i % 4 < 2 ? look.laneColor(selected) : look.muted,
      dash: dashes[i % dashes.length],
      label: one.name || name,
      ...alongSteps(race, one.values, count),
    }));
    this.charts[1].setData({
      series,
      xTitle: "step",
      yTitle: curved ? "√v and |H|" : name,
      scale: chooseScale(series.map((one) => one.ys), "log"),
      xMax: race.steps,
      stepAt: (x) => Math.round(x),
      describe: curved ? curvatureInWords(selected, series) : `${name} of ${selected.label} by step`,
    });
  }

  // One quantity of all lanes beside each other: its first component, which is x where there are two.
  memories_(race, shown, look) {
    const name = this.memory.value;
    const curved = name === CURVATURE;
    const series = shown.flatMap((lane) => {
      const one = curved ? lane.program?.scale && this.hooks.curvature(lane)[0] : lane.memory.find((state) => state.name === name)?.series[0];
      return one ? [{
        color: lane.stale ? look.muted : look.laneColor(lane),
        dash: lane.dash,
        label: lane.short,
        part: one.name,
        whose: lane.label,
        ...alongSteps(race, one.values, Math.floor(lastStep(lane, race.steps) / race.stride) + 1),
      }] : [];
    });
    this.charts[1].setData({
      series,
      xTitle: "step",
      yTitle: curved ? "√v x" : series[0]?.part ? `${name}, ${series[0].part}` : name,
      scale: chooseScale(series.map((one) => one.ys), "log"),
      xMax: race.steps,
      stepAt: (x) => Math.round(x),
      describe: `${curved ? "√v x" : name} of ${series.map((one) => one.whose).join(", ")} by step`,
    });
  }

  resize(ratio) {
    this.charts.forEach((chart, i) => chart.resize(this.plots[i].clientWidth, this.plots[i].clientHeight, ratio));
  }

  draw(position) {
    for (const chart of this.charts) chart.draw(position);
  }
}

// All lanes beside each other: where they are asked for, and where nobody is and the lane has nothing of its own to tell.
function isOfEvery(choice, shown, selected) {
  if (choice.lane === EVERY) return shown.length > 0;
  return choice.lane === null && shown.length > 1 && !!selected && !remembered(selected).length;
}

// The state that shows most of how a rule works: what it scales by, else what it remembers first.
function telling(lane) {
  const names = lane ? lane.memory.map((state) => state.name) : [];
  return names.includes("v") ? "v" : names[1] || "effective step";
}

// The numbers at the middle and at the end: whether the two roots are as far apart as the two curvatures.
function curvatureInWords(lane, series) {
  const at = (part) => {
    const step = Math.round(part * (series[0].count - 1));
    return `at step ${step * series[0].stride} ${series.map((one) => `${one.label} ${formatNumber(one.ys[step])}`).join(", ")}`;
  };
  return `Root of the second moment of ${lane.label} beside the curvature of each axis by step: ${at(0.5)}; ${at(1)}`;
}

// What the rates, to a power, add up to before each entry: theory wants the first sum without end and the second one finite
// (Robbins and Monro 1951).
function summed(rates, power) {
  const sums = new Float64Array(rates.length);
  for (let k = 1; k < rates.length; k += 1) sums[k] = sums[k - 1] + rates[k - 1] ** power;
  return sums;
}

function between(values, position) {
  const k = Math.floor(position);
  return k + 1 < values.length ? values[k] + (position - k) * (values[k + 1] - values[k]) : values[k];
}

function usable(series) {
  return series !== null && series.some(Number.isFinite);
}

function remembered(lane) {
  return lane.memory.filter((state) => state.name !== "effective step").map((state) => [state.name, state.name]);
}

// What the scale is chosen from: of a path that leaves the window for good only the part before, or the values far
// outside, 10^25 on a saddle, would flatten everyone else. A rate is the same wherever a path is.
function visible(lanes, field, race) {
  return lanes.map((lane) => {
    const end = field === "rate" ? lastStep(lane, race.steps) : lastInside(lane, race);
    return lane[field].subarray(0, end + 1);
  });
}

// The last step at which a path is in the window; 0 where it never is.
function lastInside(lane, race) {
  const [[left, right], [bottom, top]] = race.landscape.domain;
  let k = lastStep(lane, race.steps);
  while (k > 0 && !(lane.x[k] >= left && lane.x[k] <= right && lane.y[k] >= bottom && lane.y[k] <= top)) k -= 1;
  return k;
}

// Whether a curve goes on beyond the scale after its path has left the window.
function cutOff(lanes, field, race, scale) {
  if (field === "rate") return false;
  return lanes.some((lane) => lane[field].subarray(lastInside(lane, race) + 1, lastStep(lane, race.steps) + 1).some((value) => {
    const part = scale.at(value);
    return part < 0 || part > 1;
  }));
}

function stepFor(evaluations, x) {
  let low = 0;
  let high = evaluations.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (evaluations[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
