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
import { camera, can, connection, listen, said, tab } from "./state.js";

const TABS = [
  ["stage", "Picture"],
  ["settings", "Settings"],
  ["files", "Files"],
  ["log", "Log"],
];

function Tabs() {
  return html`<nav class="tabs" aria-label="Parts of the page">
    ${TABS.map(
      ([name, label]) => html`<button
        type="button"
        aria-pressed=${tab.value === name}
        onClick=${() => (tab.value = name)}
      >
        ${label}
      </button>`,
    )}
  </nav>`;
}

function Cameras() {
  const one = camera.value;
  const filesOnly = !can("live") && !can("shoot");
  return html`<main class=${`regions tab-${tab.value} ${filesOnly ? "files-only" : ""}`}>
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
  return html`<div class="app">
    <${TopBar} />
    <${Banner} />
    ${camera.value ? html`<${Cameras} />` : html`<${Nothing} />`}
    ${camera.value && html`<${Tabs} />`}
    <${Keys} />
    <p class="unseen" role="status" aria-live="polite">${said.value}</p>
  </div>`;
}

listen();
const root = document.getElementById("app");
root.textContent = "";
render(html`<${App} />`, root);
