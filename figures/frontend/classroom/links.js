// Links of the lab: where this tab is, and how it goes elsewhere. Whatever a room says, it stays on this server.

const EACH_OWNS = ["embed", "embed_options", "screen", "room"]; // how each looks at a page

export function here(paths) {
  const last = decodeURIComponent(location.pathname).split("/").pop();
  const query = new URLSearchParams(location.search);
  for (const name of EACH_OWNS) query.delete(name);
  return { path: paths.includes(last) ? last : "", query: query.toString() };
}

function ordered(query) {
  const parts = new URLSearchParams(query);
  parts.sort();
  return parts.toString();
}

export function isSame(one, other) {
  return one.path === other.path && ordered(one.query) === ordered(other.query);
}

// Open a link in this tab: Streamlit runs the page as for the browser's own back button, in one go.
export function goTo(base, link) {
  const own = new URLSearchParams(location.search);
  const query = new URLSearchParams(link.query);
  for (const name of EACH_OWNS) {
    query.delete(name);
    if (name !== "room") for (const text of own.getAll(name)) query.append(name, text);
  }
  const address = new URL(`${base}/${link.path}`, location.origin);
  address.search = query;
  window.dispatchEvent(new Event("descent-lab-go"));
  history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

// Whether a page may be gone to: the lab is connected, and no run is under way that would be lost.
export function isReady() {
  const app = document.querySelector('[data-testid="stApp"]')?.dataset;
  return !app || (app.testConnectionState === "CONNECTED" && app.testScriptState === "notRunning");
}

export function nameOfPage(path) {
  return path ? path[0].toUpperCase() + path.slice(1) : "Landing page";
}
