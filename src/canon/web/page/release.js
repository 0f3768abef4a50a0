// The release bar: AF lock, macro, zoom, the release itself, where the picture goes, and a series.

import { act, address, camera, can, isThere, readOnly, trouble } from "./state.js";
import { html, signal, useState } from "./vendor/preact.js";

const TARGETS = [
  ["host", "this computer"],
  ["card", "the card"],
  ["both", "both"],
];
export const delay = signal(0);

// Do what may fail for want of light, focus or room; the stage says so.
async function attempt(method, path, document) {
  const id = camera.value.id;
  const { error } = await act(method, path, document);
  trouble(id, error?.told);
}

export function release() {
  if (isThere() && can("shoot") && !readOnly.value) {
    attempt("POST", address("release"), { delay_s: delay.value });
  }
}

export function toggleLock() {
  if (isThere() && can("focus-lock") && !readOnly.value) {
    attempt("PUT", address("focus", "lock"), { locked: !camera.value.focus_locked });
  }
}

export function toggleMacro() {
  const macro = camera.value?.settings.macro;
  if (macro?.writable !== false && macro && !readOnly.value) {
    act("PATCH", address("settings"), { settings: { macro: !macro.value } });
  }
}

function Zoom() {
  const zoom = camera.value.zoom;
  const go = (position) => act("PUT", address("zoom"), { position });
  const at = zoom?.position ?? 0;
  const isStill = readOnly.value || !isThere();
  return html`<span class="zoom" role="group" aria-label="Zoom">
    <button type="button" aria-label="Zoom out" disabled=${isStill || at === 0} onClick=${() => go(Math.max(0, at - 1))}>−</button>
    <output aria-label="Zoom position">${zoom ? `${at}${zoom.maximum === null ? "" : ` / ${zoom.maximum}`}` : "zoom"}</output>
    <button type="button" aria-label="Zoom in" disabled=${isStill || (zoom?.maximum ?? Infinity) <= at} onClick=${() => go(at + 1)}>+</button>
  </span>`;
}

function Series({ close }) {
  const [every, setEvery] = useState(5);
  const [count, setCount] = useState(10);
  const [ev, setEv] = useState("");
  const start = (event) => {
    event.preventDefault();
    close();
    const stops = ev.trim() ? ev.split(/[ ,]+/).map(Number) : null;
    if (stops) {
      attempt("POST", address("bracket"), { ev: stops });
    } else {
      attempt("POST", address("series"), { every_s: Number(every), count: Number(count) });
    }
  };
  return html`<form class="series" onSubmit=${start}>
    <label>Every <input type="number" min="0.5" step="0.5" value=${every} onInput=${(event) => setEvery(event.target.value)} /> s</label>
    <label>Pictures <input type="number" min="1" max="100000" value=${count} onInput=${(event) => setCount(event.target.value)} /></label>
    <label>or bracket, in stops <input placeholder="-2, 0, 2" value=${ev} onInput=${(event) => setEv(event.target.value)} /></label>
    <button type="submit">Start</button>
    <button type="button" onClick=${close}>Close</button>
  </form>`;
}

export function ReleaseBar() {
  const [isOpen, setOpen] = useState(false);
  const one = camera.value;
  const there = isThere() && !readOnly.value;
  if (!can("shoot") && isThere()) {
    return html`<section class="release" aria-label="Release"><p>This camera takes no pictures by remote.</p></section>`;
  }
  const macro = one.settings.macro;
  return html`<section class="release" aria-label="Release">
    <div class="aids">
      ${can("focus-lock") &&
      html`<button type="button" aria-pressed=${one.focus_locked} disabled=${!there} onClick=${toggleLock}>AF lock</button>`}
      ${macro &&
      html`<button type="button" aria-pressed=${Boolean(macro.value)} disabled=${!there || macro.writable === false} onClick=${toggleMacro}>Macro</button>`}
      ${can("zoom") && html`<${Zoom} />`}
    </div>
    <button type="button" class="shutter" disabled=${!there} onClick=${release}>Release</button>
    <div class="aims">
    <label class="target" title=${one.target === "card" ? "" : one.folder}
      >Picture to
      <select value=${one.target} disabled=${!there} onChange=${(event) => act("PUT", address("target"), { target: event.target.value })}>
        ${TARGETS.map(([name, words]) => html`<option value=${name}>${words}</option>`)}
      </select></label
    >
    <label class="timer"
      >Self-timer
      <select value=${String(delay.value)} disabled=${!there} onChange=${(event) => (delay.value = Number(event.target.value))}>
        ${[0, 2, 5, 10].map((seconds) => html`<option value=${String(seconds)}>${seconds ? `${seconds} s` : "no delay"}</option>`)}
      </select></label
    >
    <button type="button" aria-expanded=${isOpen} disabled=${!there} onClick=${() => setOpen(!isOpen)}>Series …</button>
    </div>
    ${isOpen && html`<${Series} close=${() => setOpen(false)} />`}
    ${one.target !== "card" && html`<p class="folder">${one.folder}</p>`}
  </section>`;
}
