// The page: its regions, and what is shown where there is no camera.

import { Banner, Nothing, TokenWanted } from "./banners.js";
import { FilmStrip } from "./strip.js";
import { Keys } from "./keys.js";
import { Log } from "./log.js";
import { ReleaseBar } from "./release.js";
import { Settings } from "./settings.js";
import { Stage } from "./stage.js";
import { TopBar } from "./top.js";
import { html, render } from "./vendor/preact.js";
import { Wall } from "./wall.js";
import { camera, cameras, can, connection, isKnown, isThere, listen, said, tab } from "./state.js";

const TABS = [
  ["stage", "Picture"],
  ["settings", "Settings"],
  ["files", "Files"],
  ["log", "Log"],
];

// A camera that has only files shows nothing else; one that is not there is still what it was.
function isFilesOnly() {
  return !can("live") && !can("shoot") && camera.value.features.length > 0;
}

function Tabs() {
  const shown = TABS.filter(([name]) => !isFilesOnly() || name === "files" || name === "log");
  return html`<nav class="tabs" aria-label="Parts of the page">
    ${shown.map(
      ([name, label]) => html`<button
        type="button"
        aria-pressed=${tab.value === name || (isFilesOnly() && name === "files" && tab.value !== "log")}
        onClick=${() => (tab.value = name)}
      >
        ${label}
      </button>`,
    )}
  </nav>`;
}

function Cameras() {
  const one = camera.value;
  const filesOnly = isFilesOnly();
  const shown = filesOnly && tab.value !== "log" ? "files" : tab.value;
  return html`<main class=${`regions tab-${shown} ${filesOnly ? "files-only" : ""} ${isThere() ? "" : "away"}`}>
    ${!filesOnly && html`<${Stage} key=${one.id} />`}
    ${!filesOnly && html`<${ReleaseBar} />`}
    ${!filesOnly && html`<${Settings} />`}
    <${FilmStrip} key=${`files ${one.id}`} />
    <${Log} />
  </main>`;
}

function App() {
  if (connection.value === "token") {
    return html`<${TokenWanted} />`;
  }
  const hasOne = cameras.value.some(isKnown);
  return html`<div class="app">
    <${TopBar} />
    ${(hasOne || connection.value === "lost") && html`<${Banner} />`}
    ${hasOne ? html`<div class="under-top"><${Wall} /><${Cameras} /></div><${Tabs} />` : connection.value === "opening" ? html`<p class="loading">Looking for cameras …</p>` : html`<${Nothing} />`}
    <${Keys} />
    <p class="unseen" role="status" aria-live="polite">${said.value}</p>
  </div>`;
}

listen();
const root = document.getElementById("app");
root.textContent = "";
render(html`<${App} />`, root);
