// A map as a file: the same drawing as PNG and as SVG.

import { element } from "../shared/dom.js";
import { saveFile } from "../shared/save.js";
import { SvgContext } from "./svg.js";

const RATIO = 2;
const PANEL = 560;
const LINE = 18;

// sheet: { title, panels: [{ title, draw(context, x, y, width, height), high }], legend: [{ color, text }] }.
function compose(context, sheet, look) {
  const { width, height } = sizeOf(sheet);
  context.fillStyle = look.background;
  context.fillRect(0, 0, width, height);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = look.font(16, 600);
  context.fillStyle = look.text;
  context.fillText(sheet.title, 12, 18);
  sheet.panels.forEach((panel, i) => {
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.font = look.font(13, 600);
    context.fillStyle = look.text;
    context.fillText(panel.title, i * PANEL + 50, 42);
    panel.draw(context, i * PANEL, 52, PANEL, panel.high);
  });
  const top = 52 + Math.max(...sheet.panels.map(({ high }) => high)) + 16;
  sheet.legend.forEach(({ color, text }, i) => {
    context.fillStyle = color;
    context.fillRect(14, top + i * LINE - 6, 12, 12);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.font = look.font(12);
    context.fillStyle = look.text;
    context.fillText(text, 34, top + i * LINE);
  });
}

function sizeOf(sheet) {
  const high = Math.max(...sheet.panels.map((each) => each.high));
  return { width: PANEL * sheet.panels.length, height: 52 + high + 16 + LINE * sheet.legend.length + 4 };
}

export function pictureWidth() {
  return PANEL;
}

export function savePng(name, sheet, look) {
  const { width, height } = sizeOf(sheet);
  const canvas = document.createElement("canvas");
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const context = canvas.getContext("2d");
  context.scale(RATIO, RATIO);
  compose(context, sheet, look);
  canvas.toBlob((blob) => saveFile(`${name}.png`, blob), "image/png");
}

export function saveSvg(name, sheet, look) {
  const { width, height } = sizeOf(sheet);
  const context = new SvgContext(width, height);
  compose(context, sheet, look);
  saveFile(`${name}.svg`, new Blob([context.text()], { type: "image/svg+xml" }));
}

export function takeAway(act) {
  const kinds = [["PNG", "png"], ["SVG", "svg"], ["CSV", "csv"]];
  return element(
    "div",
    { class: "dm-take", role: "group", "aria-label": "Take away" },
    ...kinds.map(([label, kind]) => element("button", { type: "button", class: "dm-button", "aria-label": `Save as ${label}`, onclick: () => act(kind) }, label)),
  );
}
