// The settings: what the camera allows right now, and why it does not where it does not.

import { act, address, camera, can, isThere, readOnly } from "./state.js";
import { html, signal } from "./vendor/preact.js";

const GROUPS = [
  ["Exposure", ["shooting_mode", "aperture", "shutter_speed", "iso", "exposure_compensation", "metering", "ae_bracketing"]],
  ["Focus", ["focus_mode", "macro", "af_distance", "focusing_point", "af_method", "assist_light"]],
  ["Picture", ["image_format", "white_balance", "photo_effect", "picture_style", "color_space", "contrast", "saturation", "sharpness"]],
  ["Flash", ["flash", "flash_compensation"]],
];
const FEW = 5;
const DIALS = ["shooting_mode", "mode_dial"];
const grouped = new Set(GROUPS.flatMap(([, names]) => names));
const refusals = signal({}); // by the name of a setting

const SHORT = { iso: "ISO", af: "AF", ae: "AE", ev: "EV" };

export function words(name) {
  const text = name.split("_").map((word) => SHORT[word] ?? word).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function typed(value) {
  return value !== null && typeof value === "object" ? value.label : value;
}

function label(value) {
  return String(typed(value));
}

export async function set(name, value) {
  const { error } = await act("PATCH", address("settings"), { settings: { [name]: value } });
  const next = { ...refusals.value };
  delete next[name];
  if (error) {
    next[name] = error.words;
  }
  refusals.value = next;
  return !error;
}

function Setting({ name, told }) {
  const id = `setting-${name}`;
  const allowed = told.allowed ?? [];
  const fixed = readOnly.value || told.writable === false || (!allowed.length && !["switch", "text"].includes(told.kind));
  const change = async (event) => {
    const control = event.target;
    if (!(await set(name, control.value))) control.value = told.label; // it goes back
  };
  const why = refusals.value[name];
  let control;
  if (fixed) {
    control = html`<output id=${id} aria-labelledby=${`${id}-label`}>${told.label}</output><small>${told.why || (readOnly.value ? "" : DIALS.includes(name) ? "set by the dial" : "only read")}</small>`;
  } else if (told.kind === "switch") {
    control = html`<button type="button" role="switch" id=${id} aria-labelledby=${`${id}-label`} aria-checked=${Boolean(told.value)} onClick=${() => set(name, !told.value)}>
      ${told.label}
    </button>`;
  } else if (told.kind === "text") {
    control = html`<input id=${id} aria-labelledby=${`${id}-label`} value=${told.label} autocomplete="off" spellcheck=${false} onChange=${change} />`;
  } else if (allowed.length <= FEW) {
    const isOther = !allowed.some((one) => label(one) === told.label);
    control = html`${isOther && html`<output aria-labelledby=${`${id}-label`}>${told.label}</output>`}<span class="few" role="group" id=${id} aria-labelledby=${`${id}-label`}>
      ${allowed.map(
        (one) => html`<button type="button" aria-pressed=${label(one) === told.label} onClick=${() => set(name, typed(one))}>${label(one)}</button>`,
      )}
    </span>`;
  } else {
    control = html`<select id=${id} aria-labelledby=${`${id}-label`} value=${told.label} onChange=${change}>
      ${!allowed.some((one) => label(one) === told.label) && html`<option value=${told.label}>${told.label}</option>`}
      ${allowed.map((one) => html`<option value=${label(one)}>${label(one)}</option>`)}
    </select>`;
  }
  return html`<div class="setting">
    <span class="name" id=${`${id}-label`}>${words(name)}</span>
    ${control} ${why && html`<p class="refused" role="alert">${why}</p>`}
  </div>`;
}

function Group({ title, names, settings }) {
  const there = names.filter((name) => name in settings);
  if (!there.length) {
    return null;
  }
  return html`<fieldset disabled=${!isThere()}>
    <legend>${title}</legend>
    ${there.map((name) => html`<${Setting} key=${name} name=${name} told=${settings[name]} />`)}
  </fieldset>`;
}

export function Settings() {
  const settings = camera.value.settings;
  const names = Object.keys(settings);
  const others = names.filter((name) => !grouped.has(name) && !name.startsWith("0x") && settings[name].kind !== "raw"); // bytes that nobody reads
  return html`<section class="settings" aria-label="Settings">
    ${readOnly.value && html`<p class="empty">This page only shows.</p>`}
    ${names.length === 0 &&
    html`<p class="empty">
      ${isThere() ? (can("remote") ? "The camera tells its settings while it is under remote control." : "This camera tells no settings.") : "The camera is not there."}
      ${isThere() && can("remote") && !can("live") && html`<button type="button" onClick=${() => act("PUT", address("remote"), { on: true })}>Take control</button>`}
    </p>`}
    ${GROUPS.map(([title, group]) => html`<${Group} title=${title} names=${group} settings=${settings} />`)}
    ${others.length > 0 && html`<details><summary>Other</summary><${Group} title="Other" names=${others} settings=${settings} /></details>`}
  </section>`;
}
