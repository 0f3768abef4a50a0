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
export const filesChanged = signal({}); // a number for each camera, which counts
export const newFiles = signal(new Set());

const wanted = signal("");
export const camera = computed(
  () => cameras.value.find((one) => one.id === wanted.value) ?? cameras.value[0] ?? null,
);

export function choose(id) {
  wanted.value = id;
  shotShown.value = null;
}

export function can(feature, one = camera.value) {
  return Boolean(one) && one.features.includes(feature);
}

export function isThere(one = camera.value) {
  return Boolean(one) && (one.state === "ready" || one.state === "busy");
}

const MOST_LINES = 500;

export function tell(text, kind = "told", id = "") {
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

function change(id, facts) {
  cameras.value = cameras.value.map((one) => (one.id === id ? { ...one, ...facts } : one));
}

function filesOf(id) {
  filesChanged.value = { ...filesChanged.value, [id]: (filesChanged.value[id] ?? 0) + 1 };
}

const STATES = { gone: "is gone", asleep: "switched itself off", ready: "is ready" };

const heard = {
  snapshot(told) {
    batch(() => {
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
    if (camera.value?.id === id) {
      shotShown.value = { id, ...shot };
    }
  },
  file({ id, file }) {
    if (file) {
      newFiles.value = new Set([...newFiles.value, `${id}/${file.path}`]);
    }
    filesOf(id);
  },
  files({ id }) {
    filesOf(id);
  },
  log({ id, text, error }) {
    tell(error?.advice ? `${text}; ${error.advice}` : text, error ? "error" : "told", id);
  },
};

let stream = null;

export function listen() {
  stream?.close();
  stream = new EventSource("/events");
  stream.onopen = () => {
    connection.value = "open";
  };
  stream.onerror = async () => {
    connection.value = "lost";
    if (stream.readyState === EventSource.CLOSED) {
      const { error } = await act("GET", "/cameras");
      if (error?.status !== 401) {
        setTimeout(listen, 2000);
      }
    }
  };
  for (const [kind, hear] of Object.entries(heard)) {
    stream.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
  }
}

export function address(...parts) {
  return at(camera.value.id, ...parts);
}
