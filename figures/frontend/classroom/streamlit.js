// Along with the class as a component of Streamlit: a bar at the foot of every page while a tab is in a room.

import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/kept_class.js";
import "./bars.js";
import { mountClassroom } from "./classroom.js";
import "./door.js";
import "./following.js";
import "./leading.js";
import "./links.js";
import "./stream.js";
import "./votes.js";

export default component(mountClassroom);
