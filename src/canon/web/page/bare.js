// A page with nothing but the live picture: /live?camera=…

import { ask } from "./api.js";
import { LiveView } from "./live.js";

const wanted = new URLSearchParams(location.search).get("camera");
const text = document.getElementById("said");
const canvas = document.getElementById("live");

async function begin() {
  try {
    const cameras = await ask("GET", "/cameras");
    const camera = cameras.find((one) => one.id === wanted) ?? (wanted ? null : cameras[0]);
    if (!camera) {
      text.textContent = wanted ? `There is no camera ${wanted}.` : "There is no camera.";
      return;
    }
    document.title = `${camera.model} · live view`;
    const live = new LiveView(camera.id, {
      painted: () => (text.textContent = ""),
      ended: (words) => (text.textContent = words || "Waiting for the camera …"),
    });
    live.canvas = canvas;
  } catch (error) {
    text.textContent = error.words ?? String(error);
  }
}

begin();
