// Live view: asks for the next frame when the last one is painted, so that none is ever old.

import { at } from "./api.js";

const AGAIN_MS = 1500;

// Paint the live view of a camera onto a canvas.
//   painted({head, shown, late}) after each frame; late is its age in seconds when it was painted
//   apart: milliseconds from one frame to the next, at least
//   ended(words) when there are no more; it is tried again unless `close` was called
export class LiveView {
  constructor(camera, { painted, ended, apart = 0 }) {
    this.apart = apart;
    this.camera = camera;
    this.painted = painted;
    this.ended = ended;
    this.canvas = null;
    this.isClosed = false;
    this.isFrozen = false;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}${at(this.camera, "live")}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.next();
    this.socket.onmessage = (event) => this.show(event.data);
    this.socket.onclose = (event) => {
      if (!this.isClosed) {
        this.ended(event.code >= 4000 ? event.reason : "");
        this.timer = setTimeout(() => this.open(), AGAIN_MS);
      }
    };
  }

  next() {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send("next");
    }
  }

  async show(data) {
    const length = new DataView(data).getUint16(0);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 2, length)));
    const came = performance.now();
    let picture = null;
    try {
      picture = await createImageBitmap(new Blob([new Uint8Array(data, 2 + length)], { type: "image/jpeg" }));
    } catch {
      this.next(); // a frame that is no picture; the next one is
      return;
    }
    if (this.isClosed) {
      picture.close();
      return;
    }
    requestAnimationFrame(() => {
      if (this.canvas && !this.isFrozen) {
        if (this.canvas.width !== picture.width || this.canvas.height !== picture.height) {
          this.canvas.width = picture.width;
          this.canvas.height = picture.height;
        }
        this.canvas.getContext("2d").drawImage(picture, 0, 0);
        this.painted({ head, late: head.age_s + (performance.now() - came) / 1000 });
      }
      picture.close();
      if (this.apart) {
        this.timer = setTimeout(() => this.next(), this.apart);
      } else {
        this.next();
      }
    });
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }
}
