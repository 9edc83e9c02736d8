// Elements, icons and the colors that the surrounding page gives.

import { listen } from "./failure.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) listen(node, name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const ICONS = {
  play: "M5 3.2v13.6L16.5 10z",
  pause: "M4.5 3.5h3.8v13H4.5zM11.7 3.5h3.8v13h-3.8z",
  forward: "M4 4v12l7.5-6zM13 4h3v12h-3z",
  back: "M16 4v12l-7.5-6zM4 4h3v12H4z",
  first: "M17 4v12l-6.5-6zM10.5 4v12L4 10zM2 4h2v12H2z",
  last: "M3 4v12l6.5-6zM9.500 4v12L16 10zM16 4h2v12h-2z",
  plus: "M9 4h2v5h5v2h-5v5H9v-5H4V9h5z",
  minus: "M4 9h12v2H4z",
};
const LINES = {
  loop: "M4 9a5 5 0 0 1 5-5h6m0 0-2.600-2.600M15 4l-2.600 2.600M16 11a5 5 0 0 1-5 5H5m0 0 2.600 2.600M5 16l2.600-2.600",
  arrows: "M3.500 16.500 15 5m0 0H8.500M15 5v6.500",
  slopes: "M3.500 8 8 3.500m0 0H5M8 3.500v3M11.500 8 16 3.500m0 0h-3M16 3.500v3M3.500 16.500 8 12m0 0H5M8 12v3M11.500 16.500 16 12m0 0h-3M16 12v3",
  anatomy: "M3.500 16.500 8 6m0 0-3 1.500M8 6l1 3M3.500 16.500 16.500 11m0 0-2-2.500M16.500 11l-3 1.800",
  home: "M3.500 7V3.500H7M13 3.500h3.500V7M16.500 13v3.500H13M7 16.500H3.500V13",
  turnLeft: "M3.500 9.500c0-6 13-6 13 0s-6.500 5-9 4.500M10 11l-3 3 3 3",
  turnRight: "M16.500 9.500c0-6-13-6-13 0s6.500 5 9 4.500M10 11l3 3-3 3",
  image: "M10 3v9m0 0-3.500-3.500M10 12l3.500-3.500M3.500 13v3.500h13V13",
};

export function icon(name) {
  const line = name in LINES;
  const path = svg("path", {
    d: LINES[name] || ICONS[name],
    fill: line ? "none" : "currentColor",
    stroke: line ? "currentColor" : "none",
    "stroke-width": "1.800",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  return svg("svg", { viewBox: "0 0 20 20", width: "18", height: "18", "aria-hidden": "true" }, path);
}

export function button(name, label, onclick, extra = {}) {
  return element("button", { type: "button", class: "dl-button", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}

export function menu(label, onchange) {
  return element("select", { class: "dl-select", "aria-label": label, onchange });
}

export function fillMenu(select, options, value) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([key, text]) => element("option", { value: key }, text)));
  }
  select.value = value;
}

function channels(color) {
  return (color.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map(Number);
}

// The colors in force: text and background as the style sheet resolves them, the rest made from them. race: of a player.
export function readLook(root, race = null) {
  const style = getComputedStyle(root);
  const [text, background] = [channels(style.color), channels(style.backgroundColor)];
  const dark = 0.3 * background[0] + 0.59 * background[1] + 0.11 * background[2] < 110;
  const mix = (part) => `rgb(${text.map((c, i) => Math.round(c * part + background[i] * (1 - part))).join(" ")})`;
  const family = style.fontFamily;
  const larger = Math.max(1, parseFloat(style.fontSize) / 13 || 1);
  return {
    dark,
    text: mix(1),
    background: mix(0),
    muted: mix(0.72),
    grid: mix(0.16),
    halo: dark ? "#0B0D12" : "#FFFFFF",
    ink: "#1F2430",
    paper: "#FFFFFF",
    ...(race && {
      field: {
        palette: race.palettes[dark ? "dark" : "light"],
        contour: dark ? "#E8EAED" : "#FFFFFF",
        contourAlpha: dark ? 0.26 : 0.5,
      },
    }),
    laneColor: (lane) => lane.colors[dark ? 1 : 0],
    font: (size, weight = 400) => `${weight} ${Math.round(size * larger * 2) / 2}px ${family}`,
  };
}
