// What a viewer does when it fails: an event rises from where it happened, and a sentence stands in its place.

const FAILED = "dl-failed";

// act, made so that an error in it is written to the console and told to whoever shows what `node` belongs to.
export function guard(node, act) {
  return (...given) => {
    try {
      return act(...given);
    } catch (error) {
      console.error(error);
      node.dispatchEvent(new CustomEvent(FAILED, { bubbles: true, detail: error }));
      return undefined;
    }
  };
}

export function listen(node, type, act, options) {
  node.addEventListener(type, guard(node, act), options);
}

export function onFailure(place, act) {
  place.addEventListener(FAILED, (event) => {
    event.stopPropagation();
    act(event.detail);
  });
}

export function failureNotice(error, again) {
  const notice = document.createElement("div");
  notice.className = "dl-failure";
  notice.setAttribute("role", "alert");
  notice.style.cssText = "padding: 12px; border: 1px solid currentColor; border-radius: 6px; font-family: inherit";
  const sentence = document.createElement("p");
  sentence.textContent = `This part of the page has stopped (${error?.message ?? error}). Nothing that you have set is lost.`;
  sentence.style.margin = "0 0 8px";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show again";
  button.style.cssText = "min-height: 44px; padding: 0 14px; font: inherit; cursor: pointer";
  button.addEventListener("click", again);
  notice.append(sentence, button);
  return notice;
}
