// The address as a component of Streamlit, without anything to see: tells which visit the browser shows, and its parameters.

import { whenThere } from "./visit.js";

export default function address({ data, setStateValue }) {
  whenThere(data.path, data.paths, () => setStateValue("shown", { visit: data.visit, search: location.search }));
}
