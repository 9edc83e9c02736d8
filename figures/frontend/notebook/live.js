// The live curves in a notebook.

import { mountLive } from "../live/curves.js";
import { widget } from "../shared/notebook.js";

export default widget(mountLive);
