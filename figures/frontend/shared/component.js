// A viewer as a component of Streamlit (version 2). One that fails is replaced by a sentence and a way to show it again.

import { failureNotice, guard, onFailure } from "./failure.js";

class Host {
  constructor(parent, mount) {
    this.mount = mount;
    this.place = parent.appendChild(document.createElement("div"));
    this.viewer = null;
    onFailure(this.place, (error) => this.fail(error));
  }

  // connect(hooks) sets what the viewer tells the page.
  show(data, connect) {
    Object.assign(this, { data, connect });
    guard(this.place, () => {
      if (!this.viewer) {
        const root = document.createElement("div");
        this.place.replaceChildren(root);
        this.viewer = this.mount(root);
      }
      connect(this.viewer.hooks);
      if (data) this.viewer.show(data);
    })();
  }

  fail(error) {
    this.close();
    this.place.replaceChildren(failureNotice(error, () => this.show(this.data, this.connect)));
  }

  close() {
    const { viewer } = this;
    this.viewer = null;
    try {
      viewer?.destroy();
    } catch (error) {
      console.error(error);
    }
  }
}

// mount(root) -> {hooks, show(data), destroy()}; connect(hooks, {setStateValue, setTriggerValue}).
export function component(mount, connect = () => {}) {
  const hosts = new WeakMap();
  return ({ data, parentElement, ...page }) => {
    if (!hosts.has(parentElement)) hosts.set(parentElement, new Host(parentElement, mount));
    const host = hosts.get(parentElement);
    // Streamlit may reuse the memory of its bytes.
    host.show(data instanceof Uint8Array ? data.slice() : data, (hooks) => connect(hooks, page));
    return () => {
      host.close();
      host.place.remove();
      hosts.delete(parentElement);
    };
  };
}
