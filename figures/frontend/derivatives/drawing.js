// The graph as SVG: boxes with a value and a tangent or adjoint each, arrows with local derivatives.
// All looks are attributes, so that the drawing is a file as it stands.

import { svg } from "../shared/dom.js";

const BOX = { width: 104, height: 72 };
const PAD = 10;
// Distance of the middles of two layers and of two nodes of a layer, by the way the drawing runs.
const ACROSS = { layer: 160, row: 94 };
const DOWN = { layer: 116, row: 130 };
const SMALLEST = 0.62;

// state: { values: Set of nodes with a value, slopes: Map from node to text, node, edges: Set, look, color, down }.
export function drawGraph(graph, state) {
  const gap = state.down ? DOWN : ACROSS;
  const place = ([layer, row]) =>
    state.down
      ? { x: PAD + BOX.width / 2 + row * gap.row, y: PAD + BOX.height / 2 + layer * gap.layer }
      : { x: PAD + BOX.width / 2 + layer * gap.layer, y: PAD + BOX.height / 2 + row * gap.row };
  const places = graph.nodes.map((node) => place(node.place));
  const width = Math.max(...places.map(({ x }) => x)) + BOX.width / 2 + PAD;
  const height = Math.max(...places.map(({ y }) => y)) + BOX.height / 2 + PAD;
  const edges = graph.edges.map((edge, i) => drawEdge(edge, places, edge.bends.map(place), state, state.edges.has(i)));
  const nodes = graph.nodes.map((node, i) => drawNode(node, places[i], i, state, i < graph.inputs));
  const root = svg(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "font-family": state.look.family,
      style: `display:block;margin:0 auto;max-width:100%;height:auto;min-width:${Math.round(Math.min(width, width * SMALLEST))}px`,
    },
    ...edges.map(({ line }) => line),
    ...nodes,
    ...edges.map(({ label }) => label),
  );
  return { root, width, height };
}

function drawEdge(edge, places, bends, state, lit) {
  const [from, to] = [places[edge.from], places[edge.to]];
  const along = state.down ? "y" : "x";
  const half = (state.down ? BOX.height : BOX.width) / 2;
  const start = { ...from, [along]: from[along] + half };
  const end = { ...to, [along]: to[along] - half };
  // Level with a layer an edge runs straight on, so that it does not cut the corners of that layer's boxes.
  const level = bends.flatMap((bend) => [-1, 1].map((side) => ({ ...bend, [along]: bend[along] + side * half })));
  const points = [start, ...level, end];
  const color = lit ? state.color : state.look.muted;
  const path = points.slice(1).reduce((text, point, i) => text + (i % 2 ? `L${point.x} ${point.y}` : bow(points[i], point, state.down)), `M${start.x} ${start.y}`);
  const line = svg(
    "g",
    { "data-edge": `${edge.from}-${edge.to}`, "data-lit": String(lit) },
    svg("path", { d: path, fill: "none", stroke: color, "stroke-width": lit ? 2.6 : 1.2 }),
    svg("path", { d: head(end, state.down), fill: color, stroke: "none" }),
  );
  // On the last piece of the arrow, so that labels of arrows that leave one node stay apart.
  const before = points[points.length - 2];
  const x = (end.x + before.x) / 2;
  const y = (end.y + before.y) / 2;
  const text = svg(
    "text",
    {
      x: Math.round(x),
      y: Math.round(y + 6),
      "text-anchor": "middle",
      "font-size": 17, // on a projector the whole drawing is two thirds of its size
      fill: lit ? state.color : state.look.text,
      "font-weight": lit ? 700 : 500,
      stroke: state.look.background,
      "stroke-width": 4,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    },
    edge.number,
  );
  text.append(svg("title", {}, `local derivative ${edge.formula ? `${edge.formula} = ` : ""}${edge.number}`));
  return { line, label: text };
}

function bow(a, b, down) {
  if (down) {
    const middle = (a.y + b.y) / 2;
    return `C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y}`;
  }
  const middle = (a.x + b.x) / 2;
  return `C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
}

function head({ x, y }, down) {
  return down ? `M${x} ${y}l-4 -8h8z` : `M${x} ${y}l-8 -4v8z`;
}

function drawNode(node, { x, y }, i, state, isInput) {
  const { look, color } = state;
  const current = state.node === i;
  const known = state.values.has(i);
  const slope = state.slopes.get(i);
  const left = x - BOX.width / 2;
  const top = y - BOX.height / 2;
  const line = (text, down, attributes) => svg("text", { x, y: top + down, "text-anchor": "middle", fill: look.text, ...attributes }, text);
  const name = node.output && node.output !== node.name ? `${node.output} = ${node.name}` : node.name;
  const title = node.text ? `${name} = ${node.text}` : name;
  const box = {
    x: left,
    y: top,
    width: BOX.width,
    height: BOX.height,
    rx: isInput ? 16 : 6,
    fill: look.background,
    stroke: current ? color : node.output ? look.text : look.muted,
    "stroke-width": current ? 3 : node.output ? 2 : 1.2,
  };
  const size = title.length > 18 ? 10.5 : title.length > 14 ? 12.5 : 15;
  return svg(
    "g",
    { "data-node": node.name, "data-value": known ? node.value : "", "data-slope": slope ?? "", "data-current": String(current) },
    svg("rect", box),
    line(title, 21, { "font-size": size, "font-weight": isInput ? 700 : 600 }),
    line(known ? node.value : "·", 42, { "font-size": 15, fill: known ? look.text : look.muted }),
    line(slope === undefined ? "" : `${node.mark} = ${slope}`, 63, { "font-size": 15, fill: color, "font-weight": 700 }),
  );
}
