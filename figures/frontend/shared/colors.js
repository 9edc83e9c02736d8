// Colors as numbers, to mix them.

// [red, green, blue] of #rrggbb or of what a browser's computed style says.
export function rgbOf(color) {
  if (color.startsWith("#")) return [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  return (color.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map(Number);
}

// ink over paper, both [red, green, blue]; share: how much of the ink.
export function blended(ink, paper, share) {
  return ink.map((c, i) => Math.round(c * share + paper[i] * (1 - share)));
}
