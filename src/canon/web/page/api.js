// What the page asks of the server. Every error has the server's words: message, advice, kind.

export class Refused extends Error {
  constructor(told, status) {
    super(told.message);
    this.told = told;
    this.status = status;
  }

  get words() {
    return this.told.advice ? `${this.told.message}; ${this.told.advice}` : this.told.message;
  }
}

const GONE = { kind: "ServerGone", message: "the server does not answer", advice: "start it again" };

export async function ask(method, path, document) {
  const request = { method, headers: {} };
  if (document !== undefined) {
    request.body = JSON.stringify(document);
    request.headers["content-type"] = "application/json";
  }
  return answer(path, request);
}

export async function put(path, file) {
  return answer(path, { method: "PUT", body: file });
}

async function answer(path, request) {
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Refused(GONE, 0);
  }
  let document = null;
  try {
    document = await response.json();
  } catch {
    throw new Refused(GONE, response.status);
  }
  if (!response.ok) {
    throw new Refused(document.error, response.status);
  }
  return document;
}

// The address of something of a camera; the path of a file keeps its slashes.
export function at(camera, ...parts) {
  const path = parts.map((part) => part.split("/").map(encodeURIComponent).join("/"));
  return ["/cameras", encodeURIComponent(camera), ...path].join("/");
}
