// The list of runs as a component of Streamlit: rows in, marks, an opened run and the order out.

import { component } from "../shared/component.js";
import "../shared/dom.js";
import "../shared/failure.js";
import { mountTable } from "./table.js";

export default component(mountTable, (hooks, { setStateValue, setTriggerValue }) => {
  hooks.onSelect = (ids) => setStateValue("selected", ids);
  hooks.onOpen = (id) => setTriggerValue("open", id);
  hooks.onSort = (sort) => setTriggerValue("sort", sort || "none");
});
