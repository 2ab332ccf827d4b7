// The sound of every pad, kept up with what the kit says of it.

import * as engine from "./engine.js";
import {finish} from "./dsp.js";

const source = pad => JSON.stringify([pad.z, pad.weights]);
const surface = pad => JSON.stringify([pad.fade, pad.pitch, pad.gain]);

/** Says "sound" with the number of a pad whose sound has changed, and "fail" with a reason. */
export class Voices extends EventTarget {
  #raw = [];  // {key, wave} as the model made it
  #made = [];  // {key, wave} with its finish
  #busy = new Map();  // the fetching of a pad that is under way

  constructor(store) {
    super();
    this.store = store;
    store.addEventListener("change", () => this.refresh());
  }

  /** The samples of a pad, or undefined before the first have come. */
  wave(pad) { return this.#made[pad]?.wave; }

  /** Says whether what is heard of a pad is what the kit says. */
  isReady(pad) { return this.#raw[pad]?.key === source(this.store.kit.pads[pad]); }

  /** Brings pads up to date, by default all; of a drag only the newest place is asked for. */
  refresh(pads = [...this.store.kit.pads.keys()]) {
    return Promise.all(pads.map(pad => this.#follow(pad)));
  }

  #follow(number) {
    this.#polish(number);
    if (!this.#busy.has(number)) this.#busy.set(number, this.#fetch(number).finally(() => this.#busy.delete(number)));
    return this.#busy.get(number);
  }

  async #fetch(number) {
    try {
      while (!this.isReady(number)) {
        const pad = this.store.kit.pads[number], key = source(pad);
        this.#raw[number] = {key, wave: await engine.sound(pad.z, pad.weights)};
        this.#polish(number);
      }
    } catch (error) {
      this.dispatchEvent(new CustomEvent("fail", {detail: error.message}));
    }
  }

  #polish(number) {
    const raw = this.#raw[number], pad = this.store.kit.pads[number];
    if (!raw) return;
    const key = raw.key + surface(pad);
    if (this.#made[number]?.key === key) return;
    this.#made[number] = {key, wave: finish(raw.wave, pad)};
    this.dispatchEvent(new CustomEvent("sound", {detail: number}));
  }
}
