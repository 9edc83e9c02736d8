// What mouse, finger, wheel and arrow keys do on the map: read out, pan, zoom, choose a path, pick or drag the start.

import { guard, listen } from "../shared/failure.js";
import { clamp } from "../shared/numbers.js";
import { indexAt } from "./trails.js";

const CLICK_SLOP = 5;

export class Pointer {
  constructor(map) {
    this.map = map;
    this.overlay = map.canvases.overlay;
    this.pointers = new Map();
    this.listen();
  }

  local(event) {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  listen() {
    const { overlay } = this;
    const { host, handle } = this.map;
    listen(overlay, "pointerdown", (event) => this.down(event));
    listen(overlay, "pointermove", (event) => this.move(event));
    listen(overlay, "pointerup", (event) => this.up(event));
    listen(overlay, "pointercancel", (event) => this.up(event));
    listen(overlay, "pointerleave", () => this.leave());
    listen(host, "wheel", (event) => this.wheel(event), { passive: false });
    listen(overlay, "dblclick", () => this.map.reset());
    listen(handle, "pointerdown", (event) => this.grab(event));
    listen(handle, "pointermove", (event) => this.carry(event));
    listen(handle, "pointerup", (event) => this.drop(event));
    listen(handle, "pointercancel", () => this.cancelDrag());
    listen(handle, "keydown", (event) => this.nudge(event));
    listen(handle, "dblclick", () => this.map.reset());
  }

  down(event) {
    if (event.button !== 0) return;
    this.overlay.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.local(event));
    this.press = { at: this.local(event), view: this.map.view, moved: this.pointers.size > 1, plane: this.map.toPlane(...this.local(event)) };
    if (this.pointers.size === 2) this.beginPinch();
  }

  beginPinch() {
    const [a, b] = [...this.pointers.values()];
    this.pinch = { gap: Math.hypot(a[0] - b[0], a[1] - b[1]), view: this.map.view, middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }

  move(event) {
    const at = this.local(event);
    this.aimed = true;
    if (!this.pointers.has(event.pointerId)) {
      this.point(at);
      return;
    }
    this.pointers.set(event.pointerId, at);
    if (this.pinch && this.pointers.size === 2) {
      const [a, b] = [...this.pointers.values()];
      const { view, gap, middle } = this.pinch;
      const factor = gap / Math.max(10, Math.hypot(a[0] - b[0], a[1] - b[1]));
      const shift = [(a[0] + b[0]) / 2 - middle[0], (a[1] + b[1]) / 2 - middle[1]];
      this.map.zoomTo(this.map.moved(this.map.scaled(view, middle, factor), shift));
      return;
    }
    const shift = [at[0] - this.press.at[0], at[1] - this.press.at[1]];
    if (Math.hypot(...shift) > CLICK_SLOP) this.press.moved = true;
    if (this.press.moved && this.pointers.size === 1 && !this.pinch) {
      this.map.host.classList.add("dl-panning");
      this.map.zoomTo(this.map.moved(this.press.view, shift));
    }
  }

  up(event) {
    const was = this.pointers.delete(event.pointerId);
    this.map.host.classList.remove("dl-panning");
    if (this.pinch) {
      if (this.pointers.size === 0) this.pinch = null;
      return;
    }
    if (!was || event.type === "pointercancel" || this.press.moved) return;
    const head = this.map.headNear(this.local(event));
    if (head) {
      this.map.hooks.select(head);
      return;
    }
    if (!this.map.hooks.canPick()) return;
    // A second click may follow to reset a zoomed view; at home there is nothing to wait for.
    const plane = this.press.plane;
    clearTimeout(this.clickTimer);
    if (!this.map.zoomed) this.map.pick(plane);
    else this.clickTimer = setTimeout(guard(this.overlay, () => this.map.pick(plane)), 260);
  }

  leave() {
    this.aimed = false;
    if (this.map.hover) this.point(null);
  }

  // Exact f under the pointer, and the nearest point of a visible path within 60 pixels.
  point(at) {
    this.map.hover = null;
    if (at) {
      const [x, y] = this.map.toPlane(...at);
      this.map.hover = { x, y, f: this.map.exact.value(x, y), lane: null, k: 0 };
      let best = 60;
      const step = Math.floor(this.map.hooks.position());
      for (const [lane, path] of this.map.trails.paths) {
        for (let i = indexAt(path, step); i >= 0; i -= 1) {
          const gap = Math.hypot(path.xs[i] - at[0], path.ys[i] - at[1]);
          if (gap < best) {
            best = gap;
            Object.assign(this.map.hover, { lane, k: path.ks[i] });
          }
        }
      }
    }
    this.map.hooks.hover(this.map.hover);
    this.map.invalidate("overlay");
  }

  // The wheel zooms once the pointer itself has moved over the map; a page scrolled past is never caught.
  wheel(event) {
    if (!this.aimed && !event.ctrlKey && !event.metaKey) return;
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 200 : 1;
    const factor = Math.exp(clamp(event.deltaY * unit, -240, 240) * (event.ctrlKey ? 0.008 : 0.0022));
    const next = this.map.scaled(this.map.view, this.local(event), factor);
    if (!next) return;
    event.preventDefault();
    this.map.zoomTo(next);
    this.point(this.local(event));
  }

  grab(event) {
    if (event.button !== 0) return;
    this.map.handle.setPointerCapture(event.pointerId);
    this.grabbed = { at: this.local(event), start: this.map.shownAt(...(this.map.pending || this.map.race.start)) };
  }

  carry(event) {
    if (!this.grabbed) {
      this.aimed = true;
      return;
    }
    const at = this.local(event);
    const [dx, dy] = [at[0] - this.grabbed.at[0], at[1] - this.grabbed.at[1]];
    if (!this.map.dragStart && Math.hypot(dx, dy) < 3) return;
    const [px, py] = [this.grabbed.start[0] + dx, this.grabbed.start[1] + dy];
    this.map.dragStart = this.map.toPlane(clamp(px, 0, this.map.width), clamp(py, 0, this.map.height));
    this.map.placeHandle();
    const [x, y] = this.map.dragStart;
    this.map.hooks.hover({ x, y, f: this.map.exact.value(x, y), lane: null, k: 0 });
    this.map.hooks.follow([x, y]);
    this.map.invalidate("overlay");
  }

  drop() {
    const to = this.map.dragStart;
    this.letGo();
    if (to) this.map.pick(to, true);
  }

  cancelDrag() {
    const dragged = this.map.dragStart;
    this.letGo();
    if (dragged) this.map.hooks.follow(null);
  }

  letGo() {
    this.grabbed = null;
    this.map.dragStart = null;
    this.map.hooks.hover(null);
    this.map.placeHandle();
    this.map.invalidate("overlay");
  }

  nudge(event) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    const part = event.shiftKey ? 0.05 : 0.01;
    this.map.pending = this.map.beside(this.map.pending || this.map.race.start, direction.map((way) => way * part));
    this.map.placeHandle();
    this.map.hooks.follow(this.map.pending);
    this.map.invalidate("overlay");
    clearTimeout(this.nudgeTimer);
    const to = this.map.pending;
    this.nudgeTimer = setTimeout(guard(this.map.handle, () => this.map.pick(to, true)), 450);
  }

  // Picks that were about to be made; on another landscape they would mean another point.
  forget() {
    clearTimeout(this.clickTimer);
    clearTimeout(this.nudgeTimer);
  }
}
