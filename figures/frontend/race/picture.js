// The current picture as a PNG file: legend, map and charts at twice the size, drawn from the same canvases.

import { formatCount } from "../shared/numbers.js";
import { saveFile } from "../shared/save.js";
import { drawMarker } from "./marks.js";

function place(player, node) {
  const [outer, inner] = [player.root.getBoundingClientRect(), node.getBoundingClientRect()];
  return { x: inner.left - outer.left, y: inner.top - outer.top, w: inner.width, h: inner.height };
}

function compose(player, ratio) {
  const { look, race } = player;
  const bottom = place(player, player.readout).y;
  const charts = player.panels.root.getBoundingClientRect();
  const height = Math.max(bottom, charts.bottom - player.root.getBoundingClientRect().top) + 4;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(player.root.clientWidth * ratio);
  canvas.height = Math.round((height + 22) * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = look.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const source of player.root.querySelectorAll("canvas")) {
    const box = place(player, source);
    if (!box.w || !source.width) continue;
    context.globalAlpha = Number(getComputedStyle(source).opacity);
    context.drawImage(source, box.x, box.y, box.w, box.h);
  }
  context.globalAlpha = 1;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { chip, lane } of player.legend.chips) {
    if (!player.shown.includes(lane)) continue;
    const box = place(player, chip);
    const middle = box.y + box.h / 2;
    context.strokeStyle = look.laneColor(lane);
    context.lineWidth = 2.4;
    context.setLineDash(lane.dash);
    context.beginPath();
    context.moveTo(box.x + 8, middle);
    context.lineTo(box.x + 34, middle);
    context.stroke();
    drawMarker(context, lane.outline, box.x + 21, middle, 5.5, look.laneColor(lane), null);
    context.font = look.font(13);
    context.fillStyle = look.text;
    context.fillText(lane.label, box.x + 40, middle);
  }
  context.setLineDash([]);
  context.font = look.font(12);
  context.fillStyle = look.muted;
  for (const { root, setting } of player.legend.handles.values()) {
    const box = place(player, root);
    if (setting.lane === null || !player.choice.hidden.includes(race.lanes[setting.lane].label)) {
      context.fillText([...root.children].map((node) => node.textContent).join(" ").trim(), box.x + 8, box.y + box.h / 2);
    }
  }
  for (const head of player.panels.root.querySelectorAll(".dl-head")) {
    const words = [...head.children].map((node) => node.selectedOptions?.[0]?.textContent ?? node.textContent);
    const box = place(player, head);
    context.fillStyle = look.text;
    if (box.w) context.fillText(words.join(" "), box.x + 8, box.y + box.h / 2);
  }
  context.fillStyle = look.text;
  for (const node of player.numbers?.written || []) {
    const box = place(player, node);
    const style = getComputedStyle(node);
    context.font = style.font;
    context.fillStyle = style.color;
    if (box.w) context.fillText(node.textContent, box.x, box.y + box.h / 2);
  }
  context.font = look.font(12);
  context.fillStyle = look.muted;
  const step = Math.floor(player.position);
  context.fillText(`${race.landscape.name}, step ${formatCount(step)} of ${formatCount(race.steps)}`, 8, height + 10);
  return canvas;
}

export function savePicture(player) {
  player.forcedRatio = 2;
  player.relayout();
  player.draw(1e9);
  player.draw(1e9);
  const canvas = compose(player, 2);
  player.forcedRatio = null;
  player.relayout();
  const name = `${player.race.landscape.key}-step-${Math.floor(player.position)}.png`;
  canvas.toBlob((blob) => saveFile(name, blob), "image/png");
}
