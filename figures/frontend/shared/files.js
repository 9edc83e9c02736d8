// A file for who looks at the page.

import { element } from "./dom.js";

const PATIENCE_WITH_DISK = 10_000; // milliseconds

export function saveFile(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE_WITH_DISK);
}
