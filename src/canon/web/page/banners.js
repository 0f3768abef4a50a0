// What is in the way: no camera, a camera that is gone, a server that does not answer, no token.

import { ask } from "./api.js";
import { camera, can, connection, isThere, trouble, troubles } from "./state.js";
import { html, useEffect, useState } from "./vendor/preact.js";

const LOOK_MS = 3000;
const STATES = { good: "✓", wrong: "✕", unknown: "?" };

// What `canon-remote doctor` says, asked again and again until a camera is there.
function Doctor() {
  const [findings, setFindings] = useState([]);
  useEffect(() => {
    let timer = null;
    let isOver = false;
    const look = async () => {
      try {
        const found = await ask("GET", "/doctor");
        if (!isOver) setFindings(found);
      } catch {
        // the banner says that the server does not answer
      }
      if (!isOver) timer = setTimeout(look, LOOK_MS);
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return html`<section class="doctor" aria-label="What doctor says" aria-live="polite">
    <h2>What <code>canon-remote doctor</code> says</h2>
    <ul>${findings.map(
      (one) => html`<li key=${one.check + one.what} class=${`finding ${one.state}`}>
        <b aria-hidden="true">${STATES[one.state]}</b>
        <span><span class="unseen">${one.state}: </span>${one.what}${one.remedy && html`<small>What to do: ${one.remedy}</small>`}</span>
      </li>`,
    )}</ul>
  </section>`;
}

export function Nothing() {
  return html`<main class="nothing">
    <img src="/page/icon.svg" alt="" width="64" height="64" />
    <h1>No camera</h1>
    <p>Switch a camera on, in a mode that talks, and plug it in. This page goes on by itself.</p>
    <${Doctor} />
  </main>`;
}

export function TokenWanted() {
  const [token, setToken] = useState("");
  const given = new URLSearchParams(location.search).has("token");
  const open = (event) => {
    event.preventDefault();
    location.search = `?token=${encodeURIComponent(token.trim())}`;
  };
  return html`<main class="nothing">
    <img src="/page/icon.svg" alt="" width="64" height="64" />
    <h1>${given ? "This token is wrong" : "A token is wanted"}</h1>
    <p>Open the link that <code>canon-remote serve</code> has printed, or type the token in it.</p>
    <form onSubmit=${open}>
      <label>Token <input required autocomplete="off" autocapitalize="none" spellcheck=${false} value=${token} onInput=${(event) => setToken(event.target.value)} /></label>
      <button type="submit">Open</button>
    </form>
  </main>`;
}

function ago(moment, now) {
  const seconds = Math.max(0, Math.round((now - moment) / 1000));
  return seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function clock(moment) {
  return moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function Away({ one }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const isAsleep = one.state === "asleep";
  const what = isAsleep ? "The camera has switched itself off" : "The camera is not there";
  const todo = isAsleep ? "switch it on again" : (one.why?.advice ?? "switch it on, and plug it in");
  const since = one.since && new Date(one.since);
  return html`<section class="banner" aria-label="What is in the way">
    <strong role="alert">${what}${since ? ` since ${clock(since)}` : ""}</strong>
    <span>${since ? ` (${ago(since, now)} ago)` : ""}: ${todo}.</span>${" "}<span>Waiting for it …</span>
  </section>`;
}

// What is wrong with the card, and what to do.
function cardWords(one) {
  const others = can("shoot", one) ? ", or let pictures go to this computer" : "";
  if (one.cards?.length === 0) {
    return ["No card is in the camera", `put one in${others}`];
  }
  if (one.cards?.length && Math.max(...one.cards.map((card) => card.free)) < ROOM) {
    return ["The card is full", `delete pictures, put another card in${others}`];
  }
  return null;
}

const ROOM = 1 << 20; // bytes; a card with less has no room for a picture

export function Banner() {
  const one = camera.value;
  if (connection.value === "lost") {
    return html`<p class="banner bad" role="alert">
      <strong>The server does not answer.</strong> Trying again … Where it was ended, start <code>canon-remote serve</code> again.
    </p>`;
  }
  if (!one || connection.value !== "open") {
    return null;
  }
  if (!isThere(one)) {
    return html`<${Away} key=${one.id} one=${one} />`;
  }
  const card = cardWords(one);
  return card && html`<p class="banner" role="alert"><strong>${card[0]}:</strong> ${card[1]}.</p>`;
}

// What has just failed, over the picture, with what to do; it goes when a picture was taken.
export function Trouble({ id }) {
  const error = troubles.value[id];
  if (!error) {
    return null;
  }
  return html`<div class="trouble" role="alert">
    <p><strong>${error.message}</strong>${error.advice ? html`<br />What to do: ${error.advice}` : ""}</p>
    <button type="button" onClick=${() => trouble(id, null)}>Close</button>
  </div>`;
}
