// A viewer as a widget of a notebook (anywidget's protocol): the bytes and words of its model in.

import { component } from "./component.js";

function words(told) {
  const list = document.createElement("ul");
  for (const sentence of told) list.appendChild(document.createElement("li")).textContent = sentence;
  return list;
}

// mount as for component().
export function widget(mount) {
  return {
    render({ model, el }) {
      el.classList.add("dl-notebook");
      const above = el.appendChild(document.createElement("div"));
      const place = el.appendChild(document.createElement("div"));
      const show = component(mount);
      let close = () => {};
      const draw = () => {
        above.replaceChildren(...(model.get("words").length ? [words(model.get("words"))] : []));
        const { buffer, byteOffset, byteLength } = model.get("payload");
        close = show({ data: new Uint8Array(buffer, byteOffset, byteLength), parentElement: place });
      };
      draw();
      model.on("change:payload", draw);
      return () => {
        model.off("change:payload", draw);
        close();
      };
    },
  };
}
