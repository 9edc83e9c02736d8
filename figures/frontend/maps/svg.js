// A drawing context that writes SVG: as much of a canvas's as the maps and their axes use.

const ANCHORS = { left: "start", center: "middle", right: "end" };
const SHIFTS = { top: 0.8, middle: 0.32, alphabetic: 0, bottom: -0.2 };

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
}

const short = (number) => Number(number.toFixed(2));

export class SvgContext {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: [], dash: [], matrix: "", saved: [] });
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "400 12px sans-serif", textAlign: "left", textBaseline: "alphabetic" });
    this.ruler = document.createElement("canvas").getContext("2d");
  }

  put(text) {
    const alpha = this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : "";
    const moved = this.matrix ? ` transform="${this.matrix.trim()}"` : "";
    this.parts.push(text.replace(/(\/?>)/, `${alpha}${moved}$1`));
  }

  get stroked() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    return `stroke="${escaped(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"${dash}`;
  }

  save() {
    this.saved.push(this.matrix);
  }

  restore() {
    this.matrix = this.saved.pop() ?? "";
  }

  translate(x, y) {
    this.matrix += ` translate(${short(x)} ${short(y)})`;
  }

  rotate(angle) {
    this.matrix += ` rotate(${short((angle * 180) / Math.PI)})`;
  }

  setLineDash(dash) {
    this.dash = [...dash];
  }

  beginPath() {
    this.path = [];
  }

  moveTo(x, y) {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x, y) {
    this.path.push(`L${short(x)} ${short(y)}`);
  }

  // Whole circles only.
  arc(x, y, radius) {
    const r = short(radius);
    this.path.push(`M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`);
  }

  closePath() {
    this.path.push("Z");
  }

  rect(x, y, width, height) {
    this.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`);
  }

  stroke() {
    this.put(`<path d="${this.path.join("")}" fill="none" stroke-linejoin="round" ${this.stroked}/>`);
  }

  fill() {
    this.put(`<path d="${this.path.join("")}" fill="${escaped(this.fillStyle)}"/>`);
  }

  clip() {} // what is drawn is cut by whoever draws it

  fillRect(x, y, width, height) {
    this.put(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${escaped(this.fillStyle)}"/>`);
  }

  strokeRect(x, y, width, height) {
    this.put(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="none" ${this.stroked}/>`);
  }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  letters(text, x, y, look) {
    const [, weight, size, family] = /^(\d+) ([\d.]+)px (.*)$/.exec(this.font);
    const down = y + SHIFTS[this.textBaseline] * Number(size);
    const font = `font-family="${escaped(family)}" font-size="${size}" font-weight="${weight}" text-anchor="${ANCHORS[this.textAlign]}"`;
    this.put(`<text x="${short(x)}" y="${short(down)}" ${font} ${look}>${escaped(text)}</text>`);
  }

  fillText(text, x, y) {
    this.letters(text, x, y, `fill="${escaped(this.fillStyle)}"`);
  }

  strokeText(text, x, y) {
    this.letters(text, x, y, `fill="none" stroke-linejoin="round" ${this.stroked}`);
  }

  drawImage(canvas, x, y, width, height) {
    const picture = canvas.toDataURL("image/png");
    this.put(`<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${picture}"/>`);
  }

  text() {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${this.parts.join("\n")}</svg>\n`;
  }
}
