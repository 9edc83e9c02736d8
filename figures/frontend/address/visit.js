// The browser's history: one entry a visit of a page, although Streamlit pushes one with every change of the parameters.
// Streamlit may hear of a page's parameters before it has gone to that page: whoever has some asks here when it is there.

let there = () => {};

// Where the browser's own buttons have gone to, until the server shows that page. What it still says of a page before, which
// was left before it answered, must not become an entry: the next step back would end there.
let awaited = null;

// What the address said of the theme as it was loaded stays in it; Streamlit leaves it out on the next page.
const OPTIONS = new URLSearchParams(location.search).getAll("embed_options");

// On the page of lessons each lesson, and the list of all, is a visit of its own.
const OF_MANY = "lesson";

function isOther(address) {
  const named = (search) => new URLSearchParams(search).get(OF_MANY);
  return address.pathname.split("/").pop() === OF_MANY && named(address.search) !== named(location.search);
}

function dressed(url) {
  const address = new URL(url, location.href);
  if (!address.searchParams.has("embed_options")) for (const option of OPTIONS) address.searchParams.append("embed_options", option);
  return address;
}

function oneEntryAVisit(history) {
  const { pushState, replaceState } = history;
  history.replaceState = function replaced(state, title, url) {
    replaceState.call(this, state, title, url ? dressed(url) : url);
    window.dispatchEvent(new Event("descent-lab-address")); // classroom/ listens
  };
  history.pushState = function pushed(state, title, url) {
    const address = url && dressed(url);
    if (!url) pushState.call(this, state, title, url);
    else if (address.pathname === location.pathname && (awaited || !isOther(address))) {
      awaited = null;
      this.replaceState(state, title, url);
    } else if (awaited === location.pathname) return;
    else {
      pushState.call(this, state, title, address);
      window.dispatchEvent(new Event("descent-lab-address"));
    }
    there();
  };
}

oneEntryAVisit(window.history);
window.addEventListener("popstate", () => {
  awaited = location.pathname;
});
// A hand goes to pages of its own, and so does who follows a class.
for (const hand of ["pointerdown", "keydown", "descent-lab-go"]) {
  window.addEventListener(hand, () => {
    awaited = null;
  }, true);
}

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
