// Canvases that the browser has emptied: it loses what is drawn on them where its GPU process ends, after a fault of a driver,
// on waking up, or where a phone needs the memory. It says so once they can be drawn on again.

import { guard } from "./failure.js";

// act, within the next frame, whenever a canvas anywhere in place is back. Canvases outside of the document, which are lost
// with these, are not heard of: who keeps one makes another.
export function onRestored(place, act) {
  let frame = 0;
  const again = guard(place, () => {
    frame = 0;
    act();
  });
  // The event does not rise, but on its way down it comes by.
  place.addEventListener("contextrestored", () => { frame ||= requestAnimationFrame(again); }, true);
}
