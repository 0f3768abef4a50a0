// One picture, as large as fits, with what it says of itself; ← → Escape.

import { act, address } from "./state.js";
import { html, useEffect, useRef, useState } from "./vendor/preact.js";

const MOVIES = /\.(avi|mov|mp4)$/i;
const PICTURES = /\.(jpe?g)$/i;

// What a picture says of itself, in the words of photographers: what it is called, and what it is.
function said(exif) {
  const number = (text) => Number(Number(text).toFixed(1));
  const exposure = [
    exif.exposure_time && `${exif.exposure_time} s`,
    exif.f_number && `f/${number(exif.f_number)}`,
    exif.iso && `ISO ${exif.iso}`,
  ].filter(Boolean);
  return [
    ["taken", exif.taken],
    ["exposure", exposure.join(" · ")],
    ["focal length", exif.focal_length && `${number(exif.focal_length)} mm`],
    ["size", exif.width && exif.height && `${exif.width} × ${exif.height}`],
    ["camera", exif.model],
  ].filter(([, words]) => words);
}

export function Viewer({ all, picture, show }) {
  const dialog = useRef(null);
  const [exif, setExif] = useState(null);
  const path = picture.file.path;
  useEffect(() => dialog.current.showModal(), []);
  useEffect(() => {
    setExif(null);
    if (!MOVIES.test(path)) {
      act("GET", address("exif", path)).then(({ done }) => setExif(done));
    }
  }, [path]);
  const at = all.findIndex((other) => other.id === picture.id);
  const go = (by) => all[at + by] && show(all[at + by]);
  const press = (event) => {
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  };
  const where = `${address("files", path)}?inline`;
  // at an end a button is not disabled: it would lose the focus, and with it the keys
  return html`<dialog class="viewer" ref=${dialog} aria-label=${`Picture ${path}`} onClose=${() => show(null)} onKeyDown=${press}>
    ${MOVIES.test(path)
      ? html`<video src=${where} controls></video>`
      : html`<img src=${PICTURES.test(path) ? where : address("thumbnails", path)} alt=${path} />`}
    <div class="about">
      <strong>${path}</strong>
      <dl>${exif && said(exif).map(([name, words]) => html`<div><dt>${name}</dt><dd>${words}</dd></div>`)}</dl>
      <div class="tools">
        <button type="button" aria-disabled=${at <= 0} aria-label="Picture before" onClick=${() => go(-1)}>←</button>
        <button type="button" aria-disabled=${at >= all.length - 1} aria-label="Next picture" onClick=${() => go(1)}>→</button>
        <a class="button" href=${address("files", path)} download>Download</a>
        <button type="button" onClick=${() => dialog.current.close()}>Close</button>
      </div>
    </div>
  </dialog>`;
}
