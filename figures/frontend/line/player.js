// The player of a race on a function of one variable: the race's own, over a curve.

import { Player } from "../race/player.js";
import { CurveGround } from "./curve.js";

export function mountLine(root, hooks = {}) {
  return new Player(root, hooks, CurveGround);
}
