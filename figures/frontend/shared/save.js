// A file that the page itself has made.

import { element } from "./dom.js";
import { listen } from "./failure.js";

export function saveFile(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const SLIDE = { width: 1920, height: 1080 };

// A drawing of this size as SVG, or as PNG as large as a slide holds. text: the SVG.
export function saveDrawing(name, kind, text, width, height) {
  if (kind === "svg") {
    saveFile(`${name}.svg`, new Blob([text], { type: "image/svg+xml" }));
    return;
  }
  const scale = Math.min(SLIDE.width / width, SLIDE.height / height);
  const picture = new Image();
  listen(picture, "load", () => {
    const canvas = element("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((made) => saveFile(`${name}.png`, made), "image/png");
  });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

// rows: arrays of numbers and texts, the first of which are the names of the columns.
export function saveCsv(name, rows) {
  const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value);
  saveFile(`${name}.csv`, new Blob([rows.map((row) => row.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" }));
}
