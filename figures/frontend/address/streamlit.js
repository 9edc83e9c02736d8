// The address as a component of Streamlit, without anything to see: tells which visit the browser shows, and its
// parameters, whether the tab is in a class, and that the theme has changed.
// data: {visit, path, paths, large, theme}; the drawer follows visits, and a theme that is asked for is loaded.

import { isInClass } from "../shared/kept_class.js";
import { Drawer } from "./drawer.js";
import { isDark, wear, whenTurned } from "./theme.js";
import { whenThere } from "./visit.js";

const drawer = new Drawer();

export default function address({ data, setStateValue }) {
  const tell = () => setStateValue("shown", { visit: data.visit, search: location.search, room: isInClass(), dark: isDark() });
  drawer.show(data);
  whenThere(data.path, data.paths, () => {
    if (data.theme) wear(data.theme);
    tell();
    whenTurned(tell); // what the server has drawn is in the colors of before
  });
}
