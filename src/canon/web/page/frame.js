// One picture of the film strip, and the rows of a day, which are there only while they are seen.

import { hasPicture, kind, name, suffix } from "./listing.js";
import { address, camera, newFiles } from "./state.js";
import { html, signal, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";

const LONG_PRESS_MS = 500;
const AHEAD = "400px"; // how far before it is seen something is made
const GAP = 6;

function useSeen(margin, start = false) {
  const [isSeen, setSeen] = useState(start);
  const box = useRef(null);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => setSeen(entries.at(-1).isIntersecting), { rootMargin: margin });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, isSeen];
}

function Thumbnail({ file }) {
  const [hasNone, setNone] = useState(!hasPicture(file));
  const [box, isSeen] = useSeen("50px");
  const shown = isSeen && !hasNone;
  return html`<span class="thumb" ref=${box}>
    ${shown ? html`<img src=${address("thumbnails", file.path)} alt="" draggable=${false} onError=${() => setNone(true)} />` : html`<span class="no-thumb">${hasNone ? suffix(file) : ""}</span>`}
  </span>`;
}

export function marksOf({ file, files }) {
  const isPair = files.some((one) => kind(one) === "RAW") && files.some((one) => ["JPG", "JPEG"].includes(suffix(one)));
  return [
    isPair ? "RAW+JPEG" : kind(file),
    files.some((one) => kind(one) === "sound") && kind(file) !== "sound" && "sound",
    files.some((one) => one.protected) && "protected",
    files.some((one) => newFiles.value.has(`${camera.value.id}/${one.path}`)) && "new",
  ].filter(Boolean);
}

function Frame({ picture, isChosen, choose, view }) {
  const press = useRef(null);
  const wasLong = useRef(false);
  const marks = marksOf(picture);
  const hold = (event) => {
    wasLong.current = false;
    if (event.pointerType === "mouse") return;
    press.current = setTimeout(() => {
      wasLong.current = true;
      choose(picture, "toggle");
    }, LONG_PRESS_MS);
  };
  const leave = () => clearTimeout(press.current);
  const click = (event) => {
    leave();
    if (wasLong.current) wasLong.current = false;
    else if (event.shiftKey) choose(picture, "to");
    else if (event.ctrlKey || event.metaKey) choose(picture, "toggle");
    else choose(picture, "only");
  };
  return html`<li class=${`frame ${isChosen ? "chosen" : ""}`}>
    <button type="button" aria-pressed=${isChosen} onPointerDown=${hold} onPointerUp=${leave} onPointerLeave=${leave} onPointerCancel=${leave} onClick=${click} onDblClick=${() => view(picture)} onContextMenu=${(event) => event.preventDefault()}
      aria-label=${[name(picture.file), ...marks].join(", ")}>
      <${Thumbnail} file=${picture.file} />
      <span class="caption">${name(picture.file)}</span>
      ${marks.length > 0 && html`<span class="marks">${marks.map((mark) => html`<b>${mark}</b>`)}</span>`}
      ${isChosen && html`<span class="tick" aria-hidden="true">✓</span>`}
    </button>
  </li>`;
}

const grid = signal({ columns: 6, row: 130 }); // as it was measured last

// Some pictures of a day; while nobody sees them, an empty box as high as they are.
export function Rows({ some, chosen, choose, view }) {
  const [box, isSeen] = useSeen(AHEAD);
  const { columns, row } = grid.value;
  const height = Math.ceil(some.length / columns) * row;
  useLayoutEffect(() => {
    box.current.style.minHeight = isSeen ? "" : `${height}px`;
  }, [isSeen, height]);
  useEffect(() => {
    if (isSeen && box.current.childElementCount) {
      const across = getComputedStyle(box.current).gridTemplateColumns.split(" ").length;
      const high = box.current.firstElementChild.offsetHeight + GAP;
      if (across !== grid.value.columns || high !== grid.value.row) {
        grid.value = { columns: across, row: high };
      }
    }
  });
  return html`<ul ref=${box}>
    ${isSeen && some.map((picture) => html`<${Frame} key=${picture.id} picture=${picture} isChosen=${chosen.has(picture.id)} choose=${choose} view=${view} />`)}
  </ul>`;
}
