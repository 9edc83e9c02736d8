// The exact numbers at the cursor, or the newest ones: a line of fixed height below the chart and, of many lines, a list
// beside the cursor that takes no room.

import { element } from "../shared/dom.js";
import { formatCount, formatNumber } from "../shared/numbers.js";

const FEW = 3; // lines up to which the line below the chart tells all of them
const LISTED = 20;

// Of what stands at the cursor, {line, i}, the line next to the pointer, else the first of the run in focus.
export function leading(here, plot, pointerY, focus) {
  if (pointerY !== null && plot) {
    const away = ({ line, i }) => Math.abs(plot.toY(line.ys[i]) - pointerY);
    const known = here.filter((one) => Number.isFinite(away(one)));
    if (known.length) return known.reduce((a, b) => (away(b) < away(a) ? b : a));
  }
  return here.find(({ line }) => line.run === focus) || here[0] || null;
}

function whenText({ line, i }) {
  const row = line.rows ? line.rows[i] : i;
  const { epoch, step, seconds } = line.run.clocks;
  const when = [`epoch ${formatNumber(epoch[row], 5)}`];
  if (Number.isFinite(step[row])) when.push(`step ${formatCount(step[row])}`);
  if (Number.isFinite(seconds[row])) when.push(`${formatNumber(seconds[row], 3)} s`);
  return when.join(", ");
}

export class Readout {
  constructor() {
    this.root = element("div", { class: "dl-live-readout" });
    this.tip = element("div", { class: "dl-live-tip", hidden: true });
  }

  // here: {line, i} of each line that is told; lead: the one the pointer is at; cursor: null for the newest numbers.
  show({ data, panel, lines, here, lead, cursor, plot, width, zoomed }) {
    const parts = [];
    const several = data.runs.length > 1;
    if (lead) {
      const at = data.kind === "sweep" ? `${panel.xTitle} ${formatNumber(lead.line.xs[lead.i], 4)}` : whenText(lead);
      parts.push([null, several && data.kind === "live" ? `${lead.line.run.name}, ${at}` : at]);
    }
    const told = here.filter(({ line }) => (several ? line.run === lead?.line.run : lines.length <= FEW || (line.label && line.told) || line === lead?.line));
    for (const { line, i } of told) parts.push([line.color, `${line.name} ${formatNumber(line.ys[i], 4)}`]);
    const { best } = data.runs[data.focus];
    if (cursor === null && !several && data.kind === "live" && panel.key === "loss" && best && best[1] !== null) {
      parts.push([null, `best ${formatNumber(best[1], 4)} at epoch ${formatNumber(best[0], 4)}`]);
    }
    if (zoomed) parts.push([null, "double-click shows all"]);
    this.root.replaceChildren(
      ...parts.map(([color, text]) => {
        const node = element("span", {}, text);
        if (color) node.style.setProperty("--dl-own", color);
        return node;
      }),
    );
    this.root.dataset.cursor = cursor === null ? "" : String(cursor);
    this.list(cursor !== null && lines.length > FEW ? here : [], lead, cursor, plot, width);
  }

  list(here, lead, cursor, plot, width) {
    this.tip.hidden = !here.length;
    if (!here.length) return;
    const height = ({ line, i }) => plot.toY(line.ys[i]) || 0;
    const rows = [...here].sort((a, b) => height(a) - height(b)).slice(0, LISTED);
    this.tip.replaceChildren(
      ...rows.map((one) => {
        const number = element("b", {}, formatNumber(one.line.ys[one.i], 4));
        const row = element("div", { class: one.line === lead?.line ? "dl-lead" : "" }, element("span", {}, one.line.fullName), number);
        row.style.setProperty("--dl-own", one.line.color);
        return row;
      }),
    );
    const x = plot.toX(cursor);
    const onLeft = x > plot.left + plot.width / 2;
    this.tip.style.left = onLeft ? "" : `${x + 12}px`;
    this.tip.style.right = onLeft ? `${width - x + 12}px` : "";
  }
}
