// Plotly's pictures as a component of Streamlit: a list of what the page shows now, each to be taken away.

import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import "../shared/save.js";
import { mountPictures } from "./pictures.js";

export default component(mountPictures);
