// The stage: the live picture as large as fits, what lies over it, and the picture just taken.

import { Overlay, OVERLAYS, overlays } from "./overlays.js";
import { LiveView } from "./live.js";
import { Trouble } from "./banners.js";
import { act, address, camera, can, isThere, readOnly, shotShown } from "./state.js";
import { html, signal, useEffect, useRef, useState } from "./vendor/preact.js";

export const liveWanted = signal(true);
export const frozen = signal(false);

const SHOWN_MS = 3000;
const RATE_OF = 10; // frames

export function toggleLive() {
  liveWanted.value = !liveWanted.value;
}

function Shot({ shot }) {
  useEffect(() => {
    const hide = () => {
      if (shotShown.value === shot) {
        shotShown.value = null;
      }
    };
    const timer = setTimeout(hide, SHOWN_MS);
    document.addEventListener("keydown", hide, { once: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", hide);
    };
  }, [shot]);
  const name = (shot.saved[0] ?? shot.card[0] ?? "").split("/").at(-1);
  return html`<figure class="shot">
    ${shot.preview && html`<img src=${shot.preview} alt=${`The picture ${name}`} />`}
    <figcaption>${[name, shot.size && `${(shot.size / 1e6).toFixed(1)} MB`, shot.exposure].filter(Boolean).join(" · ")}</figcaption>
  </figure>`;
}

const LONG = { file: "fetching", upload: "sending", release: "fetching" }; // what is counted in bytes

// How far a job is: "IMG_0001.JPG · fetching 34 %", "12 files · 3 of 12".
export function howFar(job) {
  if (!job.total) {
    return job.state === "waiting" ? "waits" : "";
  }
  const verb = LONG[job.kind];
  return verb ? `${verb} ${Math.floor((100 * job.done) / job.total)} %` : `${job.done} of ${job.total}`;
}

function Doing({ job }) {
  const far = howFar(job);
  const cancel = () => act("DELETE", address("jobs", String(job.number)));
  return html`<div class="doing">
    <span>${job.label}${far && ` · ${far}`}</span>
    ${job.total && job.kind !== "release" && !readOnly.value && html`<button type="button" onClick=${cancel}>Cancel</button>`}
  </div>`;
}

export function Stage() {
  const canvas = useRef(null);
  const view = useRef(null);
  const times = useRef([]);
  const [told, setTold] = useState(null);
  const [words, setWords] = useState("");
  const one = camera.value;
  const runs = liveWanted.value && isThere() && can("live");

  useEffect(() => {
    if (!runs) {
      return undefined;
    }
    setWords("Starting live view …");
    const live = new LiveView(one.id, {
      painted: ({ head, late }) => {
        times.current = [...times.current.slice(1 - RATE_OF), performance.now()];
        const [first] = times.current;
        const rate = (1000 * (times.current.length - 1)) / (times.current.at(-1) - first || 1);
        setTold({ head, late, rate });
        setWords("");
      },
      ended: (why) => setWords(why || "Waiting for live view …"),
    });
    live.canvas = canvas.current;
    view.current = live;
    return () => live.close();
  }, [runs, one.id]);

  useEffect(() => {
    if (view.current) {
      view.current.isFrozen = frozen.value;
    }
  }, [frozen.value, runs]);

  const job = one.jobs.find((other) => other.state === "running");
  const isAway = !isThere();
  return html`<section class="stage" aria-label="Live view">
    <div class=${`picture ${isAway ? "away" : ""}`}>
      <canvas
        ref=${canvas}
        role="img"
        aria-label=${runs ? `What the lens of the ${one.model} sees` : "Live view is off"}
        width="640"
        height="480"
      ></canvas>
      ${told && html`<${Overlay} canvas=${canvas} told=${told} />`}
      ${shotShown.value?.id === one.id && html`<${Shot} shot=${shotShown.value} />`}
      ${!isAway && html`<${Trouble} id=${one.id} />`}
      ${job && html`<${Doing} job=${job} />`}
      ${!job && words && runs && html`<p class="doing">${words}</p>`}
      ${!runs && !isAway && html`<p class="doing">${can("live") ? "Live view is off" : "This camera has no live view"}</p>`}
    </div>
    <div class="under" role="group" aria-label="Over the picture">
      ${can("live") &&
      html`<button type="button" aria-pressed=${liveWanted.value} onClick=${toggleLive}>Live view</button>
        ${OVERLAYS.map(
          ([name, label]) => html`<button
            type="button"
            aria-pressed=${overlays.value.has(name)}
            onClick=${() => {
              const next = new Set(overlays.value);
              if (!next.delete(name)) next.add(name);
              overlays.value = next;
            }}
          >
            ${label}
          </button>`,
        )}
        <button type="button" aria-pressed=${frozen.value} onClick=${() => (frozen.value = !frozen.value)}>
          Freeze
        </button>`}
      ${runs &&
      told &&
      html`<span class="rate">${told.rate.toFixed(0)} frames/s · ${Math.round(told.late * 1000)} ms old</span>`}
    </div>
  </section>`;
}
