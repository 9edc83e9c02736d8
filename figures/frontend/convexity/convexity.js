// The chord, the weights that grow, and the shapes of penalties: mount(root) -> { hooks, show(bytes), destroy() }.

import { mountViews } from "../shared/views.js";
import { Chord } from "./chord.js";
import { Growth } from "./growth.js";
import { Shapes } from "./shapes.js";

export function mount(root) {
  return mountViews(root, { chord: Chord, growth: Growth, shapes: Shapes });
}
