// Streamlit takes its theme from the address, when a page loads; without one there, from the machine, which may turn
// dark in the evening.

const NAME = "embed_options";
const THEMES = { light: "light_theme", dark: "dark_theme" };

export function wear(theme) {
  const address = new URL(location.href);
  const others = address.searchParams.getAll(NAME).filter((option) => !Object.values(THEMES).includes(option));
  address.searchParams.delete(NAME);
  for (const option of [...others, THEMES[theme]]) address.searchParams.append(NAME, option);
  if (address.href !== location.href) location.replace(address);
}

// Whether the page is dark, as Streamlit has put it on.
export function isDark() {
  const app = document.querySelector('[data-testid="stApp"]');
  return app !== null && getComputedStyle(app).colorScheme === "dark";
}

// Call back whenever the page has turned dark or light; the last who has asked is told.
let heard = () => {};
let watch = null;

export function whenTurned(callback) {
  heard = callback;
  const app = document.querySelector('[data-testid="stApp"]');
  if (watch || !app) return;
  let dark = isDark();
  watch = new MutationObserver(() => {
    if (dark === isDark()) return;
    dark = !dark;
    heard();
  });
  watch.observe(app, { attributes: true, attributeFilter: ["class"] });
}
