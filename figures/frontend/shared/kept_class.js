// What a tab keeps of its class, for as long as it is open: {room, id, follows, said} of who follows, said being the vote
// that was answered last, with the answer; {room, key} of the lecturer.

const PLACE = "descent-lab-class";
const AGAIN = "#teach="; // in the link by which a lecturer has his room back

export function keptClass() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE));
    return kept && typeof kept.room === "string" ? kept : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

export function keepClass(kept) {
  try {
    if (kept) sessionStorage.setItem(PLACE, JSON.stringify(kept));
    else sessionStorage.removeItem(PLACE);
  } catch {
    // It is known until the page is loaded anew.
  }
}

export function linkBack(home, { room, key }) {
  return `${home}/${AGAIN}${room}.${key}`;
}

// The room of such a link, once: the word does not stay in the address.
export function takeLinkBack() {
  if (!location.hash.startsWith(AGAIN)) return null;
  const [room, key] = location.hash.slice(AGAIN.length).split(".");
  history.replaceState(history.state, "", location.pathname + location.search);
  return room && key ? { room, key } : null;
}

export function isInClass() {
  return location.hash.startsWith(AGAIN) || keptClass() !== null;
}
