// What is on the card: fetched in parts, then kept by what the server tells; and its pictures.

import { ask } from "./api.js";
import { address, filesChanged, tell } from "./state.js";
import { useEffect, useRef, useState } from "./vendor/preact.js";

const FIRST = 200; // files; enough to fill a window, and quick
const PART = 1000;

const MOVIES = ["AVI", "MOV", "MP4"];
const SOUNDS = ["WAV"];
const RAWS = ["CRW", "CR2", "CR3"];
const SEEN = [...MOVIES, ...RAWS, "JPG", "JPEG", "THM"];
const WHOLE = [...MOVIES, ...RAWS, "JPG", "JPEG"]; // what belongs to no other file

export function suffix(file) {
  return file.path.split(".").at(-1).toUpperCase();
}

export function name(file) {
  return file.path.split("/").at(-1);
}

export function kind(file) {
  const end = suffix(file);
  return MOVIES.includes(end) ? "movie" : SOUNDS.includes(end) ? "sound" : RAWS.includes(end) ? "RAW" : "";
}

// Whether there is anything of it to be seen; the camera is not asked for the picture of a text.
export function hasPicture(file) {
  return SEEN.includes(suffix(file));
}

// RAW and JPEG of one name are one picture; what belongs to a picture goes with it.
export function pictures(files) {
  const companions = new Map();
  const found = new Map();
  for (const file of files) {
    const folder = file.path.slice(0, -name(file).length);
    for (const owner of file.companion_of) {
      companions.set(folder + owner, [...(companions.get(folder + owner) ?? []), file]);
    }
    if (!file.companion_of.length) {
      const stem = file.path.replace(/\.[^.]*$/, "");
      const others = found.get(stem);
      if (others) others.push(file);
      else found.set(stem, [file]);
    }
  }
  return [...found.values()].map((all) => {
    const shown = all.find((file) => kind(file) !== "RAW") ?? all[0];
    const owned = new Set(all.flatMap((file) => companions.get(file.path) ?? []));
    return { id: shown.path, file: shown, files: [...all, ...owned] };
  });
}

function isBefore(one, other) {
  const [a, b] = [one.modified ?? "", other.modified ?? ""];
  return a === b ? one.path > other.path : a > b;
}

// The files with one that is new, or is another now: the newest stays first.
function withFile(files, file) {
  const others = files.filter((one) => one.path !== file.path);
  const at = others.findIndex((one) => isBefore(file, one));
  others.splice(at < 0 ? others.length : at, 0, file);
  return others;
}

function changed(files, news) {
  return news.reduce((now, { file, gone }) => (gone ? now.filter((one) => one.path !== gone) : withFile(now, file)), files);
}

// The files of the camera that is shown, as far as they were told, of how many, and why not.
export function useListing(id, there) {
  const [[files, total], setListing] = useState([[], null]);
  const [again, setAgain] = useState(0);
  const [why, setWhy] = useState("");
  const heard = useRef(0);
  const isWhole = useRef(false);
  const changes = filesChanged.value[id];

  useEffect(() => {
    if (!there) {
      return undefined;
    }
    let isOver = false;
    isWhole.current = false;
    setWhy("");
    const fetchAll = async () => {
      heard.current = filesChanged.value[id]?.count ?? 0;
      const found = new Map();
      for (let total = 1; found.size < total; ) {
        const limit = found.size ? PART : FIRST;
        const told = await ask("GET", `${address("files")}?offset=${found.size}&limit=${limit}`);
        if (isOver) return;
        const before = found.size;
        told.files.forEach((file) => found.set(file.path, file));
        total = told.total;
        setListing([[...found.values()], total]);
        if (found.size === before) break; // the card has changed meanwhile; that is told
      }
      isWhole.current = true;
      if ((filesChanged.value[id]?.count ?? 0) > heard.current) setAgain((count) => count + 1);
    };
    fetchAll().catch((error) => {
      if (isOver) return;
      isWhole.current = true; // what changes is another try
      setWhy(error.words ?? String(error));
      tell(error.words ?? String(error), "error");
    });
    return () => (isOver = true);
  }, [id, there, again]);

  useEffect(() => {
    if (!changes || !isWhole.current || changes.count === heard.current) {
      return;
    }
    const missed = changes.count - heard.current;
    const news = changes.news.slice(-missed);
    const isPlain = missed <= changes.news.length && news.every((one) => one && (one.gone || WHOLE.includes(suffix(one.file))));
    heard.current = changes.count;
    if (!isPlain) {
      setAgain(again + 1);
      return;
    }
    const now = changed(files, news);
    setListing([now, now.length]);
  }, [changes]);

  return [files, total, why];
}
