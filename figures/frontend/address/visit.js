// The browser's history: one entry a visit of a page, although Streamlit pushes one with every change of the parameters.
// Streamlit may hear of a page's parameters before it has gone to that page: whoever has some asks here when it is there.

let there = () => {};

// What the address said of the theme as it was loaded stays in it; Streamlit leaves it out on the next page.
const OPTIONS = new URLSearchParams(location.search).getAll("embed_options");

function dressed(url) {
  const address = new URL(url, location.href);
  if (!address.searchParams.has("embed_options")) for (const option of OPTIONS) address.searchParams.append("embed_options", option);
  return address;
}

function oneEntryAVisit(history) {
  const { pushState, replaceState } = history;
  history.replaceState = function replaced(state, title, url) {
    replaceState.call(this, state, title, url ? dressed(url) : url);
  };
  history.pushState = function pushed(state, title, url) {
    if (!url) pushState.call(this, state, title, url);
    else if (dressed(url).pathname === location.pathname) this.replaceState(state, title, url);
    else pushState.call(this, state, title, dressed(url));
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
