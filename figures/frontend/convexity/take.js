// Charts as files: PNG and SVG of all that is shown, their numbers as CSV.

import { saveCsv } from "../shared/save.js";
import { saveButtons, savePlots } from "../shared/sheet.js";

// view: { look, name, charts: rows of SvgPlot, table: rows of numbers }.
export function takeButtons(view) {
  return saveButtons((kind) => {
    if (kind === "csv") saveCsv(view.name, view.table);
    else savePlots(view.name, kind, view.charts, view.look);
  });
}
