// Charts as files: PNG and SVG of all that is shown, their numbers as CSV.

import { guard } from "../shared/failure.js";
import { saveCsv, saveFile } from "../shared/save.js";
import { saveButtons, svgText } from "../shared/sheet.js";

const SHARPER = 2; // pixels of a PNG for one of the page
const KINDS = [["PNG", "png"], ["SVG", "svg"], ["CSV", "csv"]];

// view: { root, look, name, charts: rows of SvgPlot, table: rows of numbers }.
export function takeButtons(view) {
  return saveButtons((kind) => {
    if (kind === "csv") saveCsv(view.name, view.table);
    else if (kind === "svg") saveFile(`${view.name}.svg`, drawing(view));
    else savePng(view);
  }, KINDS);
}

function drawing({ charts, look }) {
  return new Blob([svgText(charts, look)], { type: "image/svg+xml" });
}

function savePng(view) {
  const address = URL.createObjectURL(drawing(view));
  const image = new Image();
  image.onload = guard(view.root, () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [SHARPER * image.width, SHARPER * image.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    canvas.toBlob((made) => saveFile(`${view.name}.png`, made), "image/png");
  });
  image.onerror = guard(view.root, () => {
    throw new Error("the picture could not be made");
  });
  image.src = address;
}
