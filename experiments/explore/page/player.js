// What is heard: single sounds at once, the beat on the audio clock.

import {STEPS} from "./kit.js";

const AHEAD = 0.12, LOOK = 25;  // s that a sound is planned ahead; ms between two looks

/** When a step begins, in steps: swing puts every second one later. */
export const placeOf = (step, swing) => step + (step % 2 ? (swing - 50) / 50 : 0);

export class Player extends EventTarget {
  #context = null; #master = null; #timer = 0; #step = 0; #next = 0; #volume = 0.64;

  constructor(store, voices, rate) {
    super();
    Object.assign(this, {store, voices, rate});
  }

  get running() { return this.#timer !== 0; }

  /** From 0 to 1, as the ear hears it. */
  set volume(value) {
    this.#volume = value ** 2;
    if (this.#master) this.#master.gain.value = this.#volume;
  }

  #wake() {
    if (!this.#context) {
      this.#context = new AudioContext({latencyHint: "interactive"});
      this.#master = new GainNode(this.#context, {gain: this.#volume});
      this.#master.connect(this.#context.destination);
    }
    this.#context.resume();
    return this.#context;
  }

  /** Plays samples, now or at a time of the audio clock, with a velocity of 127. */
  play(wave, when = 0, velocity = 127) {
    // Before the first touch browsers hold sounds back, and then play them all.
    if (!wave?.length || navigator.userActivation?.hasBeenActive === false) return;
    const context = this.#wake(), buffer = context.createBuffer(1, wave.length, this.rate);
    buffer.copyToChannel(wave, 0);
    const source = new AudioBufferSourceNode(context, {buffer});
    source.connect(new GainNode(context, {gain: (velocity / 127) ** 1.5})).connect(this.#master);
    source.start(when);
    this.dispatchEvent(new CustomEvent("play", {detail: wave}));
  }

  toggle() {
    if (this.#timer) {
      clearInterval(this.#timer);
      this.#timer = 0;
      this.dispatchEvent(new CustomEvent("step", {detail: -1}));
    } else {
      this.#step = 0;
      this.#next = this.#wake().currentTime + 0.06;
      this.#timer = setInterval(() => this.#plan(), LOOK);
    }
    this.dispatchEvent(new Event("run"));
  }

  #plan() {
    for (;;) {
      const {kit} = this.store, step = 15 / kit.tempo, now = this.#context.currentTime;
      if (this.#next + STEPS * step < now) this.#next = now;  // a page that slept
      const place = this.#step, when = this.#next + (placeOf(place, kit.swing) - place) * step;
      if (when > now + AHEAD) return;
      kit.steps.forEach((row, pad) => { if (row[place]) this.play(this.voices.wave(pad), when, row[place]); });
      setTimeout(() => this.#timer && this.dispatchEvent(new CustomEvent("step", {detail: place})), 1000 * (when - now));
      this.#step = (place + 1) % STEPS;
      this.#next += step;
    }
  }
}
