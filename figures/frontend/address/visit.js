// The browser's history: one entry a visit of a page, although Streamlit pushes one with every change of the parameters.
// Streamlit may hear of a page's parameters before it has gone to that page: whoever has some asks here when it is there.

let there = () => {};

function oneEntryAVisit(history) {
  const push = history.pushState;
  history.pushState = function pushState(state, title, url) {
    const same = url !== undefined && url !== null && new URL(url, location.href).pathname === location.pathname;
    if (same) this.replaceState(state, title, url);
    else push.call(this, state, title, url);
    there();
  };
}

oneEntryAVisit(window.history);

// Call back, once, as soon as the browser is at `path`, the last part of a path among the `paths` of all pages.
export function whenThere(path, paths, callback) {
  there = () => {
    const last = decodeURIComponent(location.pathname).split("/").pop();
    if ((paths.includes(last) ? last : "") !== path) return;
    there = () => {};
    callback();
  };
  there();
}
