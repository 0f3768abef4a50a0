// What happened, and what runs: the log with times, the jobs with their progress and a cancel.

import { howFar } from "./stage.js";
import { act, address, camera, cameras, log, tell } from "./state.js";
import { html } from "./vendor/preact.js";

function time(moment) {
  return moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

// Where the page came over the network without encryption, browsers have no clipboard for it.
function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

async function copy() {
  const text = log.value.map((line) => `${line.time.toISOString()} ${line.id} ${line.text}`).join("\n");
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    copyByHand(text);
  }
  tell("the log is copied");
}

function Job({ job }) {
  return html`<li>
    <span class="what">${job.label}</span>
    <span class="fact">${howFar(job) || job.state}</span>
    <button type="button" aria-label=${`Cancel ${job.label}`} onClick=${() => act("DELETE", address("jobs", String(job.number)))}>Cancel</button>
    ${job.total ? html`<progress aria-label=${job.label} max=${job.total} value=${job.done}></progress>` : ""}
  </li>`;
}

export function Log() {
  const jobs = camera.value.jobs;
  return html`<section class="log" aria-label="Log">
    <div class="tools"><h2>Log</h2><button type="button" disabled=${!log.value.length} onClick=${copy}>Copy the log</button></div>
    ${jobs.length > 0 && html`<ul class="jobs">${jobs.map((job) => html`<${Job} key=${job.number} job=${job} />`)}</ul>`}
    <div class="lines" tabindex="0" role="log" aria-label="What happened">
      ${!log.value.length && !jobs.length && html`<p class="empty">Nothing has happened yet.</p>`}
      ${log.value.map((line) => html`<p class=${`line ${line.kind === "error" ? "error" : ""}`}><time>${time(line.time)}</time> ${cameras.value.length > 1 ? `${line.id} ` : ""}${line.text}</p>`)}
    </div>
  </section>`;
}
