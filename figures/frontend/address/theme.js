// Streamlit takes its theme from the address, when a page loads.

const NAME = "embed_options";
const THEMES = { light: "light_theme", dark: "dark_theme" };

export function wear(theme) {
  const address = new URL(location.href);
  const others = address.searchParams.getAll(NAME).filter((option) => !Object.values(THEMES).includes(option));
  address.searchParams.delete(NAME);
  for (const option of [...others, THEMES[theme]]) address.searchParams.append(NAME, option);
  if (address.href !== location.href) location.replace(address);
}
