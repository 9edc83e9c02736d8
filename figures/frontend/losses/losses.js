// What is dragged on the page of losses: mount(root) -> { hooks, show(bytes), destroy() }.

import { mountViews } from "../shared/views.js";
import { Apart } from "./apart.js";
import { Outlier } from "./outlier.js";

export function mount(root) {
  return mountViews(root, { outlier: Outlier, apart: Apart });
}
