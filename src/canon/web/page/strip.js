// The film strip: what is on the card, newest first by day; choose, fetch, put, protect, delete.

import { put as upload } from "./api.js";
import { Rows } from "./frame.js";
import { name, pictures, useListing } from "./listing.js";
import { Viewer } from "./viewer.js";
import { act, address, camera, can, isThere, readOnly, tell } from "./state.js";
import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";

const TOGETHER = 60; // pictures that appear, and go, together
const PATHS = 500; // of one request,
const LETTERS = 16_000; // and so many letters of them: the server takes 64 KiB
const NAMES = 20; // that a question lists

// By day, the newest first, and of each day so many together.
function days(all) {
  const found = new Map();
  for (const one of all) {
    const day = one.file.modified?.slice(0, 10) ?? "no date";
    const parts = found.get(day) ?? found.set(day, [[]]).get(day);
    if (parts.at(-1).length === TOGETHER) parts.push([]);
    parts.at(-1).push(one);
  }
  return [...found];
}

// The paths of many files, as many together as one request may have.
function portions(paths) {
  const found = [[]];
  let letters = 0;
  for (const path of paths) {
    if (found.at(-1).length && (found.at(-1).length === PATHS || letters + path.length > LETTERS)) {
      found.push([]);
      letters = 0;
    }
    found.at(-1).push(path);
    letters += path.length;
  }
  return found;
}

function listed(names) {
  const more = names.length - NAMES;
  return names.slice(0, NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

export function FilmStrip() {
  const [chosen, setChosen] = useState(new Set());
  const [last, setLast] = useState(null);
  const [viewed, setViewed] = useState(null);
  const [isOver, setOver] = useState(false); // a file is held over it
  const dialog = useRef(null);
  const input = useRef(null);
  const one = camera.value;
  const there = isThere();
  const [files, total, why] = useListing(one.id, there);
  const all = useMemo(() => pictures(files), [files]);
  const byDay = useMemo(() => days(all), [all]);
  const picked = chosen.size ? all.filter((picture) => chosen.has(picture.id)) : [];
  const paths = picked.flatMap((picture) => picture.files.map((file) => file.path));
  const isAll = useRef(false); // all are wanted, also those that are not listed yet
  const chooseAll = () => {
    setChosen(new Set(all.map((picture) => picture.id)));
    isAll.current = isAll.current && files.length < total;
  };
  useEffect(() => {
    if (isAll.current) chooseAll();
  }, [all]);
  const choose = (picture, how) => {
    isAll.current = false;
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
      isAll.current = true;
      chooseAll();
    }
  };
  const fetchThem = async () => {
    const link = document.createElement("a");
    if (paths.length === 1) {
      link.href = address("files", paths[0]);
    } else {
      let made = null;
      for (const some of portions(paths)) {
        const { done } = await act("POST", address("zip"), { paths: some, add_to: made && made.number });
        if (!done) return;
        made = done;
      }
      link.href = made.url;
    }
    link.download = "";
    link.click();
  };
  const each = async (what, those, more = {}) => {
    for (const some of portions(those)) {
      const { done } = await act("POST", address(what), { paths: some, ...more });
      if (!done) return;
      done.filter((result) => result.error).forEach((result) => tell(`${result.path}: ${result.error.message}`, "error"));
    }
  };
  const remove = async () => {
    const free = picked.filter((picture) => !picture.files.some((file) => file.protected));
    const stay = picked.length - free.length;
    const rest = stay ? ` ${stay} ${stay === 1 ? "is" : "are"} protected, and ${stay === 1 ? "stays" : "stay"}.` : "";
    dialog.current.querySelector("p").textContent = free.length
      ? `${free.length} of ${picked.length} ${free.length === 1 ? "goes" : "go"} from the card, for good: ${listed(free.map((picture) => name(picture.file)))}.${rest}`
      : "All of them are protected, and stay.";
    dialog.current.querySelector(".danger").hidden = !free.length;
    if (await ask(dialog.current)) {
      await each("delete", free.flatMap((picture) => picture.files.map((file) => file.path)));
      setChosen(new Set());
    }
  };
  const isProtected = picked.length > 0 && picked.every((picture) => picture.file.protected);
  const protect = () => each("protect", paths, { protected: !isProtected });
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
  const hold = (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = takes ? "copy" : "none";
    setOver(takes);
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (takes) send([...event.dataTransfer.files]);
  };
  const pick = async (event) => {
    await send([...event.target.files]);
    event.target.value = "";
  };
  return html`<section class=${`files ${isOver ? "over-it" : ""}`} aria-label="Files" onKeyDown=${everything} onDragOver=${hold} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <div class="tools" role="group" aria-label="Chosen files">
      <button type="button" disabled=${picked.length !== 1} onClick=${() => setViewed(picked[0])}>View</button>
      <button type="button" disabled=${!paths.length || !there} onClick=${fetchThem}>Download</button>
      ${can("protect") && !readOnly.value && html`<button type="button" disabled=${!paths.length || !there} onClick=${protect}>${isProtected ? "Unprotect" : "Protect"}</button>`}
      ${can("delete") && !readOnly.value && html`<button type="button" disabled=${!paths.length || !there} onClick=${remove}>Delete …</button>`}
      ${takes && html`<button type="button" onClick=${() => input.current.click()}>Upload …</button>
        <input ref=${input} type="file" multiple hidden aria-label="Files to upload" onChange=${pick} />`}
      <span class="fact">${total === null ? "" : `${total} ${total === 1 ? "file" : "files"}`}${chosen.size ? `, ${picked.length} chosen` : ""}</span>
    </div>
    <div class="days" tabindex="0" role="group" aria-label="Pictures">
      ${!files.length && there && html`<p class="empty">${why ? `${why}.` : total === 0 ? "There is nothing on the card." : "Listing the card …"}</p>`}
      ${byDay.map(([day, parts]) => html`<section key=${day} aria-label=${day}><h2>${day}</h2>
        ${parts.map((some, at) => html`<${Rows} key=${at} some=${some} chosen=${chosen} choose=${choose} view=${setViewed} />`)}</section>`)}
    </div>
    <dialog ref=${dialog} aria-label="Delete"><h2>Delete?</h2><p></p>
      <form method="dialog"><button value="">Keep them</button><button value="yes" class="danger">Delete</button></form>
    </dialog>
    ${viewed && html`<${Viewer} all=${all} picture=${viewed} show=${setViewed} />`}
  </section>`;
}
