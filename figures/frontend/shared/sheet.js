// What is shown as a file: the charts as one drawing.

import { element, svg } from "./dom.js";
import { saveDrawing } from "./save.js";

const GAP = 16;
const KINDS = [["PNG", "png"], ["SVG", "svg"], ["CSV", "csv"]];

// kind: "png" or "svg". rows: of SvgPlot, one below the other.
export function savePlots(name, kind, rows, look) {
  const across = (plots) => plots.reduce((sum, plot) => sum + plot.width + GAP, -GAP);
  const up = (plots) => Math.max(...plots.map((plot) => plot.height));
  const width = Math.max(...rows.map(across));
  const height = rows.reduce((sum, plots) => sum + up(plots) + GAP, -GAP);
  const family = look.font(11).replace(/^\S+ \S+ /, "").replaceAll('"', "'");
  let top = 0;
  const parts = rows.flatMap((plots) => {
    let left = 0;
    const copies = plots.map((plot) => {
      const copy = plot.root.cloneNode(true);
      copy.setAttribute("x", left);
      if (top) copy.setAttribute("y", top);
      left += plot.width + GAP;
      return new XMLSerializer().serializeToString(copy);
    });
    top += up(plots) + GAP;
    return copies;
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${family}">`;
  const paper = `<rect width="${width}" height="${height}" fill="${look.background}"/>`;
  saveDrawing(name, kind, `${head}${paper}${parts.join("")}</svg>\n`, width, height);
}

export function saveButtons(act) {
  const buttons = KINDS.map(([label, kind]) => element("button", { type: "button", class: "dz-button", "aria-label": `Save as ${label}`, onclick: () => act(kind) }, label));
  return element("div", { class: "dz-save", role: "group", "aria-label": "Take away" }, ...buttons);
}

// A table whose rows begin with a piece of their line: head and rows are arrays of texts, lines { color, dash } one a row.
export function tableOf(head, rows, lines) {
  const first = element("tr", {}, ...head.map((words) => element("th", { scope: "col" }, words)));
  const body = rows.map(([name, ...cells], i) => {
    const { color, dash } = lines[i];
    const line = svg("line", { x1: 0, y1: 5, x2: 26, y2: 5, stroke: color, "stroke-width": 2.6, "stroke-dasharray": dash.join(" ") || "none" });
    const piece = svg("svg", { width: 26, height: 10, class: "dz-piece", "aria-hidden": "true" }, line);
    return element("tr", {}, element("th", { scope: "row" }, piece, name), ...cells.map((words) => element("td", {}, words)));
  });
  return [element("thead", {}, first), element("tbody", {}, ...body)];
}
