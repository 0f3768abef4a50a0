// What the page knows: signals, fed by the server's stream of events.

import { ask, at, Refused } from "./api.js";
import { batch, computed, signal } from "./vendor/preact.js";

export const cameras = signal([]);
export const readOnly = signal(false);
export const connection = signal("opening"); // "open", "lost", "token"
export const log = signal([]);
export const said = signal(""); // for screen readers
export const tab = signal("stage"); // on a phone: "stage", "settings", "files", "log"
export const shotShown = signal(null);
export const filesChanged = signal({}); // by camera: what has changed, in order; null: all may have
export const newFiles = signal(new Set());
export const troubles = signal({}); // by camera: what has just failed, and what to do

const wanted = signal("");
export const camera = computed(
  () => cameras.value.find((one) => one.id === wanted.value) ?? cameras.value.find(isKnown) ?? cameras.value[0] ?? null,
);

export function choose(id) {
  wanted.value = id;
  shotShown.value = null;
}

export function can(feature, one = camera.value) {
  return Boolean(one) && one.features.includes(feature);
}

export function isThere(one = camera.value) {
  return Boolean(one) && connection.value === "open" && (one.state === "ready" || one.state === "busy");
}

// Whether this camera was ever there; one that was not has no name.
export function isKnown(one) {
  return Boolean(one.model);
}

const MOST_LINES = 500;

const TWICE_MS = 3000;

export function tell(text, kind = "told", id = "") {
  const isTold = log.value.slice(-5).some((line) => kind === "error" && line.kind === kind && Date.now() - line.time < TWICE_MS && (line.text.endsWith(text) || text.endsWith(line.text)));
  if (isTold) {
    return; // the server tells every window what failed, and answers the one that asked
  }
  const line = { time: new Date(), text, kind, id };
  log.value = [...log.value.slice(1 - MOST_LINES), line];
  said.value = text;
}

// Do something with the camera; what is refused is told in the log, and comes back as the error.
export async function act(method, path, document) {
  try {
    return { done: await ask(method, path, document), error: null };
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    if (error.status === 401) {
      connection.value = "token";
    }
    tell(error.words, "error");
    return { done: null, error };
  }
}

export function trouble(id, error) {
  const next = { ...troubles.value };
  delete next[id];
  if (error) {
    next[id] = error;
  }
  troubles.value = next;
}

function change(id, facts) {
  cameras.value = cameras.value.map((one) => (one.id === id ? { ...one, ...facts } : one));
}

const MOST_CHANGES = 1000;

function filesOf(id, news) {
  const before = filesChanged.value[id] ?? { count: 0, news: [] };
  filesChanged.value = {
    ...filesChanged.value,
    [id]: { count: before.count + 1, news: [...before.news.slice(1 - MOST_CHANGES), news] },
  };
}

const STATES = { gone: "is gone", asleep: "switched itself off", ready: "is ready" };

const heard = {
  snapshot(told) {
    batch(() => {
      cameras.value.filter(({ id }) => filesChanged.value[id]).forEach(({ id }) => filesOf(id, null));
      cameras.value = told.cameras;
      readOnly.value = told.read_only;
      connection.value = "open";
    });
  },
  camera({ id, ...facts }) {
    const before = cameras.value.find((one) => one.id === id);
    change(id, facts);
    const after = cameras.value.find((one) => one.id === id);
    const comesOrGoes = facts.state && before && isThere(before) !== isThere(after);
    if (comesOrGoes) {
      tell(`${after.model} ${STATES[facts.state] ?? "is ready"}`, "state", id);
    }
  },
  settings({ id, changed, gone }) {
    const one = cameras.value.find((other) => other.id === id);
    if (one) {
      const settings = { ...one.settings, ...changed };
      gone.forEach((name) => delete settings[name]);
      change(id, { settings });
    }
  },
  job({ id, job }) {
    const one = cameras.value.find((other) => other.id === id);
    if (one) {
      const others = one.jobs.filter((other) => other.number !== job.number);
      const over = ["done", "failed", "cancelled"].includes(job.state);
      change(id, { jobs: over ? others : [...others, job].sort((a, b) => a.number - b.number) });
    }
  },
  shot({ id, shot }) {
    const where = [...shot.saved, ...shot.card.map((path) => `card: ${path}`)];
    tell(`picture taken: ${where.join(", ")}`, "shot", id);
    trouble(id, null);
    if (camera.value?.id === id) {
      shotShown.value = { id, ...shot };
    }
  },
  file({ id, file, gone }) {
    if (file) {
      newFiles.value = new Set([...newFiles.value, `${id}/${file.path}`]);
    }
    filesOf(id, { file, gone });
  },
  files({ id }) {
    filesOf(id, null);
  },
  log({ id, text, error }) {
    if (text === "live view ended" && error && error.kind !== "Disconnected") {
      trouble(id, error);
    }
    tell(error?.advice && !text.includes(error.advice) ? `${text}; ${error.advice}` : text, error ? "error" : "told", id);
  },
};

const AGAIN_MS = 2000;
let stream = null;

export function listen() {
  stream?.close();
  stream = new EventSource("/events");
  stream.onopen = () => {
    connection.value = "open";
  };
  stream.onerror = async () => {
    connection.value = "lost";
    if (stream.readyState !== EventSource.CLOSED) {
      return; // the browser tries again by itself
    }
    try {
      await ask("GET", "/cameras");
    } catch (error) {
      if (error.status === 401) {
        connection.value = "token";
        return;
      }
    }
    setTimeout(listen, AGAIN_MS);
  };
  for (const [kind, hear] of Object.entries(heard)) {
    stream.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
  }
}

export function address(...parts) {
  return at(camera.value.id, ...parts);
}
