// The film strip: what is on the card, newest first by day; choose, fetch, put, protect, delete.

import { put as upload } from "./api.js";
import { Viewer } from "./viewer.js";
import { act, address, camera, can, filesChanged, isThere, newFiles, readOnly, tell } from "./state.js";
import { html, useEffect, useRef, useState } from "./vendor/preact.js";

const PAGE = 200;
const LONG_PRESS_MS = 500;

function kind(file) {
  const suffix = file.path.split(".").at(-1).toUpperCase();
  if (["AVI", "MOV", "MP4", "MVI"].includes(suffix)) return "movie";
  if (["WAV"].includes(suffix)) return "sound";
  if (["CRW", "CR2", "CR3"].includes(suffix)) return "RAW";
  return "";
}

export function name(file) {
  return file.path.split("/").at(-1);
}

// RAW and JPEG of one name are one picture of the strip; what belongs to a picture goes with it.
function pictures(files) {
  const owned = new Set(files.filter((file) => file.companion_of.length).map((file) => file.path));
  const found = new Map();
  for (const file of files) {
    if (!owned.has(file.path)) {
      const stem = file.path.replace(/\.[^.]*$/, "");
      found.set(stem, [...(found.get(stem) ?? []), file]);
    }
  }
  return [...found.entries()].map(([stem, all]) => {
    const shown = all.find((file) => kind(file) !== "RAW") ?? all[0];
    const companions = files.filter((file) => owned.has(file.path) && file.path.startsWith(stem));
    return { id: shown.path, file: shown, files: [...all, ...companions] };
  });
}

function Thumbnail({ file, address: where }) {
  const [isSeen, setSeen] = useState(false);
  const [hasNone, setNone] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => entry.isIntersecting && setSeen(true), { rootMargin: "100px" });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return html`<span class="thumb" ref=${box}>
    ${isSeen && !hasNone ? html`<img src=${where} alt="" loading="lazy" onError=${() => setNone(true)} />` : html`<span class="no-thumb">${hasNone ? name(file).split(".").at(-1) : ""}</span>`}
  </span>`;
}

function Picture({ picture, isChosen, choose, view }) {
  const press = useRef(null);
  const { file, files } = picture;
  const marks = [
    files.length > 1 && files.some((one) => kind(one) === "RAW") && files.some((one) => !kind(one)) ? "RAW+JPEG" : kind(file),
    files.some((one) => kind(one) === "sound") && kind(file) !== "sound" && "sound",
    file.protected && "protected",
    newFiles.value.has(`${camera.value.id}/${file.path}`) && "new",
  ].filter(Boolean);
  const hold = () => {
    press.current = setTimeout(() => {
      press.current = null;
      choose(picture, "toggle");
    }, LONG_PRESS_MS);
  };
  const leave = () => clearTimeout(press.current);
  const click = (event) => {
    leave();
    if (event.shiftKey) choose(picture, "to");
    else if (event.ctrlKey || event.metaKey) choose(picture, "toggle");
    else choose(picture, "only");
  };
  return html`<li class=${`frame ${isChosen ? "chosen" : ""}`}>
    <button type="button" aria-pressed=${isChosen} onPointerDown=${hold} onPointerUp=${leave} onPointerLeave=${leave} onClick=${click} onDblClick=${() => view(picture)} onContextMenu=${(event) => event.preventDefault()}
      aria-label=${[name(file), ...marks].join(", ")}>
      <${Thumbnail} file=${file} address=${address("thumbnails", file.path)} />
      <span class="caption">${name(file)}</span>
      ${marks.length > 0 && html`<span class="marks">${marks.map((mark) => html`<b>${mark}</b>`)}</span>`}
    </button>
  </li>`;
}

function days(all) {
  const found = new Map();
  for (const one of all) {
    const day = one.file.modified?.slice(0, 10) ?? "no date";
    found.set(day, [...(found.get(day) ?? []), one]);
  }
  return [...found];
}

function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

export function FilmStrip() {
  const [files, setFiles] = useState([]);
  const [total, setTotal] = useState(null);
  const [limit, setLimit] = useState(PAGE);
  const [chosen, setChosen] = useState(new Set());
  const [last, setLast] = useState(null);
  const [viewed, setViewed] = useState(null);
  const dialog = useRef(null);
  const input = useRef(null);
  const one = camera.value;
  const there = isThere();
  const changes = filesChanged.value[one.id];

  useEffect(() => {
    let isOld = false;
    if (there) {
      act("GET", `${address("files")}?limit=${Math.min(limit, 1000)}`).then(({ done }) => {
        if (done && !isOld) {
          setFiles(done.files);
          setTotal(done.total);
        }
      });
    }
    return () => (isOld = true);
  }, [one.id, there, changes, limit]);

  const all = pictures(files);
  const picked = all.filter((picture) => chosen.has(picture.id));
  const paths = picked.flatMap((picture) => picture.files.map((file) => file.path));
  const choose = (picture, how) => {
    const ids = all.map((other) => other.id);
    if (how === "only") {
      setChosen(chosen.size === 1 && chosen.has(picture.id) ? new Set() : new Set([picture.id]));
    } else if (how === "toggle") {
      const next = new Set(chosen);
      if (!next.delete(picture.id)) next.add(picture.id);
      setChosen(next);
    } else {
      const [from, to] = [ids.indexOf(last ?? picture.id), ids.indexOf(picture.id)].sort((a, b) => a - b);
      setChosen(new Set([...chosen, ...ids.slice(Math.max(0, from), to + 1)]));
    }
    setLast(picture.id);
  };
  const everything = (event) => {
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      setChosen(new Set(all.map((picture) => picture.id)));
    }
  };
  const fetchThem = async () => {
    const link = document.createElement("a");
    if (paths.length === 1) {
      link.href = address("files", paths[0]);
    } else {
      const { done } = await act("POST", address("zip"), { paths });
      if (!done) return;
      link.href = done.url;
    }
    link.download = "";
    link.click();
  };
  const remove = async () => {
    const free = picked.filter((picture) => !picture.files.some((file) => file.protected));
    dialog.current.querySelector("p").textContent = free.length
      ? `${free.length} of ${picked.length} go from the card, for good: ${free.map((picture) => name(picture.file)).join(", ")}.`
      : "All of them are protected, and stay.";
    if ((await ask(dialog.current)) && free.length) {
      const { done } = await act("POST", address("delete"), { paths: free.flatMap((picture) => picture.files.map((file) => file.path)) });
      const failed = done?.filter((result) => result.error) ?? [];
      failed.forEach((result) => tell(`${result.path}: ${result.error.message}`, "error"));
      setChosen(new Set());
    }
  };
  const protect = async () => {
    const wanted = !picked.every((picture) => picture.file.protected);
    const { done } = await act("POST", address("protect"), { paths, protected: wanted });
    done?.filter((result) => result.error).forEach((result) => tell(`${result.path}: ${result.error.message}`, "error"));
  };
  const send = async (list) => {
    const folder = files[0]?.path.split("/").slice(0, -1).join("/") ?? "DCIM/100CANON";
    for (const file of list) {
      try {
        await upload(address("files", `${folder}/${file.name}`), file);
        tell(`${file.name} is on the card`);
      } catch (error) {
        tell(`${file.name}: ${error.words ?? error}`, "error");
      }
    }
  };
  const takes = can("upload") && !readOnly.value && there;
  const drop = (event) => {
    event.preventDefault();
    if (takes) send([...event.dataTransfer.files]);
  };
  return html`<section class="files" aria-label="Files" onKeyDown=${everything} onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
    <div class="tools" role="group" aria-label="Chosen files">
      <button type="button" disabled=${picked.length !== 1} onClick=${() => setViewed(picked[0])}>View</button>
      <button type="button" disabled=${!paths.length} onClick=${fetchThem}>Download</button>
      ${can("protect") && !readOnly.value && html`<button type="button" disabled=${!paths.length} onClick=${protect}>Protect</button>`}
      ${can("delete") && !readOnly.value && html`<button type="button" disabled=${!paths.length} onClick=${remove}>Delete …</button>`}
      ${takes && html`<button type="button" onClick=${() => input.current.click()}>Upload …</button>
        <input ref=${input} type="file" multiple hidden aria-label="Files to upload" onChange=${(event) => send([...event.target.files])} />`}
      <span class="fact">${total === null ? "" : `${total} files`}${chosen.size ? `, ${chosen.size} chosen` : ""}</span>
    </div>
    <div class="days" tabindex="0" role="group" aria-label="Pictures">
      ${total === 0 && html`<p class="empty">There is nothing on the card.</p>`}
      ${days(all).map(([day, some]) => html`<section aria-label=${day}><h2>${day}</h2>
        <ul>${some.map((picture) => html`<${Picture} key=${picture.id} picture=${picture} isChosen=${chosen.has(picture.id)} choose=${choose} view=${setViewed} />`)}</ul></section>`)}
      ${total > files.length && html`<button type="button" onClick=${() => setLimit(limit + PAGE)}>More</button>`}
    </div>
    <dialog ref=${dialog} aria-label="Delete"><h2>Delete?</h2><p></p>
      <form method="dialog"><button value="">Keep them</button><button value="yes" class="danger">Delete</button></form>
    </dialog>
    ${viewed && html`<${Viewer} all=${all} picture=${viewed} show=${setViewed} />`}
  </section>`;
}
