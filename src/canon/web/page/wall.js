// Several cameras: a wall of small live views; a click chooses.

import { LiveView } from "./live.js";
import { short, WORDS } from "./top.js";
import { camera, cameras, can, choose, isThere } from "./state.js";
import { liveWanted } from "./stage.js";
import { html, useEffect, useRef } from "./vendor/preact.js";

const APART_MS = 200; // small pictures come less often

function Small({ one, number }) {
  const canvas = useRef(null);
  const runs = liveWanted.value && isThere(one) && can("live", one);
  useEffect(() => {
    if (!runs) {
      return undefined;
    }
    const live = new LiveView(one.id, { painted: () => {}, ended: () => {}, apart: APART_MS });
    live.canvas = canvas.current;
    return () => live.close();
  }, [runs, one.id]);
  const isChosen = camera.value.id === one.id;
  return html`<li>
    <button type="button" aria-pressed=${isChosen} title=${one.port} onClick=${() => choose(one.id)}>
      <canvas ref=${canvas} width="160" height="120" aria-hidden="true" class=${isThere(one) ? "" : "away"}></canvas>
      <span class="caption">${number} · ${short(one)} · ${WORDS[one.state]}</span>
    </button>
  </li>`;
}

export function Wall() {
  if (cameras.value.length < 2) {
    return null;
  }
  return html`<nav class="wall" aria-label="Cameras">
    <ul>${cameras.value.map((one, at) => html`<${Small} key=${one.id} one=${one} number=${at + 1} />`)}</ul>
  </nav>`;
}
