// The list of runs: a table whose rows are kept by id, so that news never moves what a person has marked or scrolled to.
// Every text enters as text.

import { element } from "../shared/dom.js";
import { listen } from "../shared/failure.js";

function orderOf(cell) {
  return "order" in cell ? cell.order : cell.text;
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function compare(a, b) {
  const empty = (value) => value === null || value === undefined;
  if (empty(a) || empty(b)) return empty(a) - empty(b);
  if (typeof a === "string") return a.localeCompare(b);
  return a - b;
}

class RunsTable {
  constructor(root) {
    this.hooks = { onSelect() {}, onOpen() {}, onSort() {} };
    this.selected = new Set();
    this.version = null;
    this.rows = new Map();
    this.sort = { key: null, down: false };
    this.last = null;
    this.root = root;
    root.className = "rt-root";
    this.table = root.appendChild(element("table", { class: "rt-table" }));
    this.head = this.table.appendChild(element("thead")).appendChild(element("tr"));
    this.body = this.table.appendChild(element("tbody"));
    listen(this.body, "click", (event) => this.clicked(event));
    listen(this.body, "change", (event) => this.changed(event));
  }

  show(data) {
    this.data = data;
    if (data.version !== this.version) {
      this.version = data.version;
      this.selected = new Set(data.selected);
    }
    if (!this.head.children.length) {
      this.makeHead(data.columns);
      if (data.sort) this.sort = { key: data.sort.replace(/^-/, ""), down: data.sort.startsWith("-") };
      this.markSort();
    }
    const kept = new Set(data.rows.map((row) => row.id));
    for (const [id, row] of this.rows) {
      if (!kept.has(id)) {
        row.line.remove();
        this.rows.delete(id);
      }
    }
    for (const row of data.rows) this.fill(this.rows.get(row.id) ?? this.makeRow(row.id), row);
    this.order();
    this.mark();
  }

  makeHead(columns) {
    const all = this.head.appendChild(element("th", { class: "rt-pick" }));
    const label = all.appendChild(element("label"));
    this.all = label.appendChild(element("input"));
    this.all.type = "checkbox";
    this.all.setAttribute("aria-label", "Select every run of this page");
    listen(this.all, "change", () => {
      for (const id of this.rows.keys()) this.selected[this.all.checked ? "add" : "delete"](id);
      this.tell();
    });
    for (const [key, text] of columns) {
      const cell = this.head.appendChild(element("th", { class: `rt-${key}` }));
      cell.scope = "col";
      cell.dataset.key = key;
      const button = cell.appendChild(element("button", {}, text));
      button.type = "button";
      listen(button, "click", () => this.sortBy(key));
    }
  }

  makeRow(id) {
    const line = element("tr");
    line.dataset.id = id;
    const label = line.appendChild(element("td", { class: "rt-pick" })).appendChild(element("label"));
    const box = label.appendChild(element("input"));
    box.type = "checkbox";
    const cells = {};
    for (const [key, title] of this.data.columns) {
      const cell = line.appendChild(element("td", { class: `rt-${key}` }));
      cell.dataset.column = title;
      const text = cell.appendChild(element(key === "name" ? "a" : "span", { class: "rt-text" }));
      const under = cell.appendChild(element("span", { class: "rt-under" }));
      cells[key] = { cell, text, under };
    }
    const row = { line, box, cells, data: null };
    this.rows.set(id, row);
    return row;
  }

  fill(row, data) {
    row.data = data;
    row.box.setAttribute("aria-label", `Select ${data.cells.name.text}`);
    row.cells.name.text.href = `training?run=${encodeURIComponent(data.id)}`;
    for (const [key, { cell, text, under }] of Object.entries(row.cells)) {
      const given = data.cells[key];
      put(text, given.text);
      put(under, given.under ?? "");
      if (given.title) cell.title = given.title;
      else cell.removeAttribute("title");
      if ("tone" in given) cell.dataset.tone = given.tone;
      else delete cell.dataset.tone;
      if ("share" in given) cell.style.setProperty("--share", given.share);
      cell.classList.toggle("rt-share", "share" in given);
    }
  }

  order() {
    const { key, down } = this.sort;
    const places = new Map(this.data.rows.map((row, place) => [row.id, place]));
    const rows = [...this.rows.values()].sort((a, b) => {
      const first = places.get(a.data.id) - places.get(b.data.id);
      if (key === null) return first;
      const [x, y] = [orderOf(a.data.cells[key]), orderOf(b.data.cells[key])];
      const missing = (x ?? null) === null || (y ?? null) === null;
      return (down && !missing ? -1 : 1) * compare(x, y) || first;
    });
    // A row that stays in place is not touched: moving it would take the focus from what is in it.
    rows.forEach((row, place) => {
      const there = this.body.children[place];
      if (there !== row.line) this.body.insertBefore(row.line, there ?? null);
    });
  }

  sortBy(key) {
    const again = this.sort.key === key;
    this.sort = again && this.sort.down ? { key: null, down: false } : { key, down: again };
    this.markSort();
    this.order();
    // This page is in order at once; which runs are on it, the server knows.
    this.hooks.onSort(this.sort.key === null ? "" : `${this.sort.down ? "-" : ""}${this.sort.key}`);
  }

  markSort() {
    for (const cell of this.head.querySelectorAll("th[data-key]")) {
      if (cell.dataset.key !== this.sort.key) cell.removeAttribute("aria-sort");
      else cell.setAttribute("aria-sort", this.sort.down ? "descending" : "ascending");
    }
  }

  mark() {
    let count = 0;
    for (const [id, row] of this.rows) {
      const on = this.selected.has(id);
      count += on;
      row.box.checked = on;
      row.line.classList.toggle("rt-on", on);
      row.line.setAttribute("aria-selected", on);
    }
    this.all.checked = count > 0 && count === this.rows.size;
    this.all.indeterminate = count > 0 && count < this.rows.size;
  }

  clicked(event) {
    const line = event.target.closest("tr");
    if (!line) return;
    if (event.target.closest("a")) {
      // With a key held or the middle button the browser opens the link itself, in a new tab.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      this.hooks.onOpen(line.dataset.id);
    } else if (!event.target.closest(".rt-pick") && !String(getSelection()).length) {
      this.toggle(line, event.shiftKey);
    } else if (event.target.tagName === "INPUT" && event.shiftKey) {
      this.shifted = true;
    }
  }

  changed(event) {
    this.toggle(event.target.closest("tr"), this.shifted === true);
    this.shifted = false;
  }

  toggle(line, range) {
    const on = !this.selected.has(line.dataset.id);
    const lines = [...this.body.children];
    const [here, there] = [lines.indexOf(line), lines.findIndex((other) => other.dataset.id === this.last)];
    const span = range && there >= 0 ? lines.slice(Math.min(here, there), Math.max(here, there) + 1) : [line];
    for (const { dataset } of span) this.selected[on ? "add" : "delete"](dataset.id);
    this.last = line.dataset.id;
    this.tell();
  }

  destroy() {
    this.root.replaceChildren();
  }

  tell() {
    this.mark();
    this.hooks.onSelect([...this.selected]);
  }
}

export function mountTable(root) {
  return new RunsTable(root);
}
