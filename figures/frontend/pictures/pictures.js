// Plotly's pictures of the page as files: each laid out anew for a slide, as PNG and as SVG.

import { element } from "../shared/dom.js";
import { saveFile } from "../shared/save.js";

const PIXELS = 1080; // height of a slide; its width is 16 / 9 of that
const LOWEST = 432; // a slide in the units of its type: letters of 11 units are 27 pixels high
const KEY = "st-key-picture-";
const TYPES = { png: "image/png", svg: "image/svg+xml" };

function plotOf(holder) {
  return holder.querySelector(".js-plotly-plot");
}

// What each shows, as it is told to who cannot see it: up to the first pause, and in full where others begin alike.
function titlesOf(holders) {
  const told = holders.map((holder) => holder.querySelector("[role=figure]")?.getAttribute("aria-label") ?? "Picture");
  const short = told.map((text) => text.split(/[,;]|\. |\.$/)[0]);
  return short.map((title, i) => (short.indexOf(title) === short.lastIndexOf(title) ? title : told[i]));
}

function nameOf(holder) {
  return [...holder.classList].find((name) => name.startsWith(KEY)).slice(KEY.length);
}

function shown() {
  return [...document.querySelectorAll(`[class*="${KEY}"]`)].filter((holder) => plotOf(holder) && holder.checkVisibility());
}

// A picture that is taller than a slide keeps its height in its own units, so that its rows keep theirs.
function slide(plot) {
  const ninth = Math.ceil(Math.max(LOWEST, plot.layout.height ?? 0) / 9);
  // A hair more, for what is a hair below a whole pixel loses it.
  return { width: 16 * ninth, height: 9 * ninth, scale: (PIXELS / (9 * ninth)) * (1 + 1e-9) };
}

// Where the page has the picture of this name; what was a moment ago may be gone.
function found(name) {
  return shown().find((holder) => nameOf(holder) === name);
}

async function take(name, plot, format, background) {
  const size = slide(plot);
  const layout = { ...plot.layout, ...size, autosize: false, paper_bgcolor: background };
  const text = await window.Plotly.toImage({ data: plot.data, layout }, { format, ...size, imageDataOnly: true });
  const bytes = format === "svg" ? text : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  saveFile(`${name}.${format}`, new Blob([bytes], { type: TYPES[format] }));
}

export function mountPictures(root) {
  const tell = (error) => {
    console.error(error);
    root.append(element("p", { role: "alert" }, `The picture could not be made (${error.message}).`));
  };
  const background = () => getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#FFFFFF";
  const pressed = (name, format) => {
    const holder = found(name);
    if (holder) {
      take(name, plotOf(holder), format, background()).catch(tell);
      return;
    }
    list();
    root.append(element("p", { role: "alert" }, "That picture is not on the page any more."));
  };
  const row = (holder, title) => {
    const name = nameOf(holder);
    const one = (format) =>
      element(
        "button",
        { type: "button", "aria-label": `${title}, ${format.toUpperCase()}`, onclick: () => pressed(name, format) },
        format.toUpperCase(),
      );
    return element("li", {}, element("span", { title }, title), one("png"), one("svg"));
  };
  const list = () => {
    const holders = shown();
    const titles = titlesOf(holders);
    const rows = holders.map((holder, i) => row(holder, titles[i]));
    root.className = "dp-pictures";
    root.replaceChildren(...(rows.length ? [element("p", {}, "Pictures in the size of a slide"), element("ul", {}, ...rows)] : []));
  };
  return {
    hooks: {},
    show: list,
    destroy: () => root.replaceChildren(),
  };
}
