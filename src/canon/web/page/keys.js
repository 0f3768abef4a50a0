// Keys: one table that does them and shows them. They are off while a control has the focus.

import { release, toggleLock, toggleMacro } from "./release.js";
import { set, words } from "./settings.js";
import { camera, cameras, choose, tab } from "./state.js";
import { toggleLive } from "./stage.js";
import { html, signal, useEffect, useRef } from "./vendor/preact.js";

const isShown = signal(false);
const areOn = signal(localStorage.getItem("keys") !== "off");
const chosen = signal(""); // the setting that ↑ and ↓ change

const SETTINGS = { a: "aperture", s: "shutter_speed", i: "iso", e: "exposure_compensation", w: "white_balance", q: "image_format" };

function step(by) {
  const told = camera.value?.settings[chosen.value];
  const allowed = (told?.allowed ?? []).map((one) => (one !== null && typeof one === "object" ? one.label : one));
  const at = allowed.findIndex((one) => String(one) === told.label);
  const next = allowed[at + by];
  if (at >= 0 && next !== undefined) {
    set(chosen.value, next);
  }
}

// On a phone the tab; on a wide window the focus, which Escape takes back.
function toStrip() {
  tab.value = tab.value === "files" ? "stage" : "files";
  if (tab.value === "files") {
    (document.querySelector(".frame button") ?? document.querySelector(".days"))?.focus();
  }
}

const KEYS = [
  [" ", "Space", "release", release],
  ["f", "F", "AF lock", toggleLock],
  ["l", "L", "live view", toggleLive],
  ["m", "M", "macro", toggleMacro],
  ["g", "G", "film strip, and back", toStrip],
  ["ArrowUp", "↑", "next value of the chosen setting", () => step(1)],
  ["ArrowDown", "↓", "value before", () => step(-1)],
  ["?", "?", "show the keys", () => (isShown.value = !isShown.value)],
  ...Object.entries(SETTINGS).map(([key, name]) => [key, key.toUpperCase(), `choose ${words(name).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`, () => (chosen.value = name)]),
];

function isControl(element) {
  return Boolean(element?.closest("input, select, textarea, button, a, summary, dialog, [tabindex]"));
}

function press(event) {
  const focused = document.activeElement;
  if (event.key === "Escape" && isControl(focused) && !focused.closest("dialog")) {
    focused.blur();
    tab.value = tab.value === "files" && focused.closest(".files") ? "stage" : tab.value;
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !areOn.value || isControl(focused)) {
    return;
  }
  const number = Number(event.key);
  if (number >= 1 && number <= cameras.value.length) {
    choose(cameras.value[number - 1].id);
    return;
  }
  const found = KEYS.find(([key]) => key === event.key || key === event.key.toLowerCase());
  if (found && !event.repeat) {
    event.preventDefault();
    found[3]();
  }
}

export function Keys() {
  const dialog = useRef(null);
  useEffect(() => {
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  useEffect(() => {
    if (isShown.value && !dialog.current.open) {
      dialog.current.showModal();
    } else if (!isShown.value && dialog.current.open) {
      dialog.current.close();
    }
  }, [isShown.value]);
  const turn = (event) => {
    areOn.value = event.target.checked;
    localStorage.setItem("keys", areOn.value ? "on" : "off");
  };
  return html`<dialog ref=${dialog} class="keys" aria-label="Keys" onClose=${() => (isShown.value = false)}>
      <h2>Keys</h2>
      <dl>${KEYS.map(([, shown, does]) => html`<div><dt><kbd>${shown}</kbd></dt><dd>${does}</dd></div>`)}
      <div><dt><kbd>1</kbd>–<kbd>9</kbd></dt><dd>camera</dd></div>
      <div><dt><kbd>Escape</kbd></dt><dd>leave a control, so that the keys work</dd></div></dl>
      <label><input type="checkbox" checked=${areOn.value} onChange=${turn} /> keys are on</label>
      <button type="button" onClick=${() => (isShown.value = false)}>Close</button>
    </dialog>
    <button type="button" class="show-keys" aria-label="Show the keys" onClick=${() => (isShown.value = true)}>?</button>
    ${chosen.value && camera.value?.settings[chosen.value] && html`<p class="choice" role="status">${words(chosen.value)}: ${camera.value.settings[chosen.value].label}</p>`}`;
}
