// Colors of a map's samples: a plain color for what has no number, else one that fades with the number.

import { blended, rgbOf } from "../shared/colors.js";

const FAINTEST = 0.34;

export function packed([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

// A color for `most` + 1 numbers of steps on a logarithmic axis: full at once, faint at the end.
export function fading(color, paper, most) {
  const [ink, ground] = [rgbOf(color), rgbOf(paper)];
  return Uint32Array.from({ length: most + 1 }, (_, steps) =>
    packed(blended(ink, ground, 1 - (1 - FAINTEST) * (Math.log1p(steps) / Math.log1p(most)))),
  );
}

export function hex(number) {
  return `rgb(${number & 255}, ${(number >> 8) & 255}, ${(number >> 16) & 255})`;
}

// Shares that are never rounded to nothing, or to all.
export function percent(count, all) {
  if (!all || !count) return "0 %";
  const share = (100 * count) / all;
  if (share < 0.1) return "< 0.1 %";
  if (share > 99.9 && count < all) return "> 99.9 %";
  return `${share >= 10 ? Math.round(share) : Number(share.toFixed(1))} %`;
}
