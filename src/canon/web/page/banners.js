// What is in the way: no camera, a camera that is gone, a server that does not answer, no token.

import { camera, cameras, connection, isThere } from "./state.js";
import { html, useEffect, useState } from "./vendor/preact.js";

export function Nothing() {
  return html`<main class="nothing">
    <h1>No camera</h1>
    <p>Switch a camera on, in a mode that talks, and plug it in. This page goes on by itself.</p>
    <p>
      <code>canon-remote doctor</code> says what is wrong when none comes, and the line that mends it.
    </p>
  </main>`;
}

export function TokenWanted() {
  const [token, setToken] = useState("");
  const open = (event) => {
    event.preventDefault();
    location.search = `?token=${encodeURIComponent(token.trim())}`;
  };
  return html`<main class="nothing">
    <h1>A token is wanted</h1>
    <p>Open the link that <code>canon-remote serve</code> has printed, or type the token in it.</p>
    <form onSubmit=${open}>
      <label>Token <input value=${token} onInput=${(event) => setToken(event.target.value)} /></label>
      <button type="submit">Open</button>
    </form>
  </main>`;
}

function since(moment, now) {
  const seconds = Math.max(0, Math.round((now - moment) / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

export function Banner() {
  const [gone, setGone] = useState(null);
  const [now, setNow] = useState(Date.now());
  const one = camera.value;
  const isAway = Boolean(one) && !isThere(one);
  useEffect(() => {
    setGone(isAway ? Date.now() : null);
    setNow(Date.now());
  }, [isAway, one?.id]);
  useEffect(() => {
    if (gone === null) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [gone]);
  if (connection.value === "lost") {
    return html`<p class="banner bad" role="alert">
      The server does not answer. Trying again …
    </p>`;
  }
  if (isAway && gone !== null && cameras.value.length) {
    const why = one.why;
    const what = one.state === "asleep" ? "The camera has switched itself off" : "The camera is not there";
    return html`<p class="banner" role="alert">
      <strong>${what}, since ${since(gone, now)}.</strong>${" "}
      ${why ? `${why.message}${why.advice ? `; ${why.advice}` : ""}. ` : ""}Waiting for it …
    </p>`;
  }
  return null;
}
