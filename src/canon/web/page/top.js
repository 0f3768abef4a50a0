// The bar at the top: which camera, how it is, what is left, its clock.

import { act, address, camera, cameras, can, choose, connection, isKnown, isThere, readOnly, tell, trouble } from "./state.js";
import { html } from "./vendor/preact.js";

export const WORDS = { ready: "ready", busy: "busy", asleep: "asleep", gone: "gone" };

function size(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function Chooser() {
  const all = cameras.value;
  if (all.length === 1) {
    const one = all[0];
    return html`<h1 class="model" title=${one.owner ? `${one.port} · ${one.owner}` : one.port}>${short(one)}</h1>`;
  }
  return html`<h1 class="unseen">Cameras</h1>
    <label class="chooser"
    ><span class="unseen">Camera</span>
    <select value=${camera.value?.id} onChange=${(event) => choose(event.target.value)}>
      ${all.map(
        (one, at) => html`<option value=${one.id}>
          ${at + 1} · ${short(one)} · ${one.port} · ${WORDS[one.state]}
        </option>`,
      )}
    </select></label
  >`;
}

export function short(one) {
  return one.model.replace(/^Canon /, "") || one.port;
}

function Clock({ clock }) {
  const seconds = clock.difference_s;
  if (Math.abs(seconds) <= 1) {
    return html`<span class="fact fine">clock right</span>`;
  }
  const side = seconds > 0 ? "ahead" : "behind";
  const far = Math.abs(seconds);
  const words = far < 120 ? `${far} s` : far < 7200 ? `${Math.round(far / 60)} min` : `${Math.round(far / 3600)} h`;
  const set = () => act("PUT", address("clock"), {});
  return html`<span class="fact">clock ${words} ${side}</span>
    <button type="button" onClick=${set} disabled=${readOnly.value}>Set clock</button>`;
}

async function releaseAll() {
  const { done } = await act("POST", "/release", {});
  if (done) {
    const failed = done.shots.filter((one) => one.error).map((one) => one.id);
    done.shots.forEach((one) => trouble(one.id, one.error));
    const spread = done.spread_ms === null ? "" : `, within ${done.spread_ms} ms`;
    tell(`${done.shots.length - failed.length} pictures${spread}${failed.length ? `; none from ${failed.join(", ")}` : ""}`);
  }
}

export function TopBar() {
  const one = camera.value;
  if (!cameras.value.some(isKnown)) {
    return html`<header class="top"><h1 class="model">canon-remote</h1></header>`;
  }
  const free = one.cards?.length ? Math.max(...one.cards.map((card) => card.free)) : null;
  return html`<header class="top">
    <${Chooser} />
    ${connection.value === "open" && html`<span class=${`state ${one.state}`}><i aria-hidden="true"></i>${WORDS[one.state]}</span>`}
    ${isThere() &&
    html`
      ${one.power &&
      html`<span class=${`fact ${one.battery === "low" ? "warn" : ""}`}
        >${one.power === "mains" ? "mains" : `battery ${one.battery}`}</span
      >`}
      ${one.shots !== null && html`<span class="fact">${one.shots} pictures left</span>`}
      ${one.cards !== null &&
      html`<span class=${`fact ${free === 0 || free === null ? "warn" : ""}`}
        >${free === null ? "no card" : free === 0 ? "card full" : `${size(free)} free`}</span
      >`}
      ${one.clock && html`<${Clock} clock=${one.clock} />`}
    `}
    ${cameras.value.length > 1 &&
    cameras.value.some((other) => can("shoot", other)) &&
    !readOnly.value &&
    html`<button type="button" class="all" onClick=${releaseAll}>Release all</button>`}
  </header>`;
}
