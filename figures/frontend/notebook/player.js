// The player of races in a notebook.

import { mount } from "../race/player.js";
import { widget } from "../shared/notebook.js";

export default widget(mount);
