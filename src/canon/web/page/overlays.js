// What may lie over the live picture: focus frames, a grid, clipped highlights, a histogram.

import { html, signal, useEffect, useRef } from "./vendor/preact.js";

export const OVERLAYS = [
  ["focus", "Focus frame"],
  ["grid", "Grid"],
  ["clipped", "Highlights"],
  ["histogram", "Histogram"],
];
export const overlays = signal(new Set(["focus"]));

const CLIPPED = 250;
const BINS = 64;
const SAMPLE = 160; // pixels in a row that the histogram looks at

function counted(picture) {
  const small = new OffscreenCanvas(SAMPLE, Math.round((SAMPLE * picture.height) / picture.width));
  const drawn = small.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(picture, 0, 0, small.width, small.height);
  const { data } = drawn.getImageData(0, 0, small.width, small.height);
  const found = { luma: new Uint32Array(BINS), r: new Uint32Array(BINS), g: new Uint32Array(BINS), b: new Uint32Array(BINS) };
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    found.r[(r * BINS) >> 8] += 1;
    found.g[(g * BINS) >> 8] += 1;
    found.b[(b * BINS) >> 8] += 1;
    found.luma[((r * 77 + g * 150 + b * 29) * BINS) >> 16] += 1;
  }
  return found;
}

const CURVES = [["luma", "L", "#fff"], ["r", "R", "#ff6b6b"], ["g", "G", "#69db7c"], ["b", "B", "#74a9ff"]];

// Four curves, one below the other, each with its letter.
function drawHistogram(context, picture) {
  const found = counted(picture);
  const [width, height] = [picture.width / 4, picture.height / 2.5];
  const [left, top] = [picture.width - width - 8, picture.height - height - 8];
  const each = height / CURVES.length;
  context.lineWidth = Math.max(1, picture.width / 640);
  context.font = `${Math.round(each / 3)}px system-ui, sans-serif`;
  context.fillStyle = "rgb(0 0 0 / 65%)";
  context.fillRect(left, top, width, height);
  CURVES.forEach(([name, letter, colour], number) => {
    const foot = top + (number + 1) * each - 2;
    const highest = Math.max(...found[name], 1);
    context.strokeStyle = context.fillStyle = colour;
    context.fillText(letter, left + 4, foot - each + each / 2.5);
    context.beginPath();
    found[name].forEach((count, bin) => {
      context.lineTo(left + (bin * width) / (BINS - 1), foot - (count / highest) * (each - 5));
    });
    context.stroke();
  });
}

function drawClipped(context, picture) {
  const drawn = picture.getContext("2d");
  const { data, width, height } = drawn.getImageData(0, 0, picture.width, picture.height);
  const mask = context.createImageData(width, height);
  for (let at = 0; at < data.length; at += 4) {
    const isClipped = data[at] >= CLIPPED && data[at + 1] >= CLIPPED && data[at + 2] >= CLIPPED;
    const isStripe = ((at / 4) % width + Math.floor(at / 4 / width)) % 8 < 4;
    if (isClipped && isStripe) {
      mask.data.set([255, 0, 80, 255], at);
    }
  }
  context.putImageData(mask, 0, 0);
}

function drawGrid(context, { width, height }) {
  context.strokeStyle = "rgb(255 255 255 / 55%)";
  context.beginPath();
  for (const share of [1 / 3, 2 / 3]) {
    context.moveTo(width * share, 0);
    context.lineTo(width * share, height);
    context.moveTo(0, height * share);
    context.lineTo(width, height * share);
  }
  context.stroke();
}

const COLOURS = { focused: "#4be04b", failed: "#ff5050" };
const LINES = { focused: [], failed: [4, 4] }; // dashes: not by colour alone

function drawFocus(context, picture, head) {
  const [across, down] = head.field ?? [0, 0];
  for (const frame of (across && head.af_frames) || []) {
    context.lineWidth = frame.state === "focused" ? 4 : 2;
    context.strokeStyle = COLOURS[frame.state] ?? "#fff";
    context.setLineDash(LINES[frame.state] ?? []);
    context.strokeRect(
      (frame.x * picture.width) / across,
      (frame.y * picture.height) / down,
      (frame.width * picture.width) / across,
      (frame.height * picture.height) / down,
    );
  }
  context.setLineDash([]);
}

export function Overlay({ canvas, told }) {
  const over = useRef(null);
  useEffect(() => {
    const picture = canvas.current;
    if (!picture || !over.current) {
      return;
    }
    over.current.width = picture.width;
    over.current.height = picture.height;
    const context = over.current.getContext("2d");
    const wanted = overlays.value;
    if (wanted.has("clipped")) drawClipped(context, picture);
    if (wanted.has("grid")) drawGrid(context, picture);
    if (wanted.has("focus")) drawFocus(context, picture, told.head);
    if (wanted.has("histogram")) drawHistogram(context, picture);
  }, [told, overlays.value]);
  return html`<canvas class="over" ref=${over} aria-hidden="true"></canvas>`;
}
