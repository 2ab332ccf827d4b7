// What is heard: single sounds at once, the beat on the audio clock.

import {CUT, STEPS, isHat} from "./kit.js";
import {soften} from "./soften.js";

const AHEAD = 0.12, LATE = 0.02, LOOK = 25;  // s that a sound is planned ahead, and may be late; ms between two looks
const GLIDE = 0.01;  // s of a change of volume, which a jump would make a click

/** When a step begins, in steps: swing puts every second one later. */
export const placeOf = (step, swing) => step + (step % 2 ? (swing - 50) / 50 : 0);

/** Says "held" once, where the first sound is held back. */
export class Player extends EventTarget {
  #context = null; #master = null; #timer = 0; #step = 0; #next = 0; #volume = 0.64; #held = false;
  #hats = new Set();  // {start, gain} of those that ring or are planned

  constructor(store, voices, rate, keys = []) {
    super();
    Object.assign(this, {store, voices, rate, keys});
  }

  get running() { return this.#timer !== 0; }

  /** Whether a sound would be heard at once. */
  get isAwake() { return this.#context?.state === "running"; }

  /** From 0 to 1, as the ear hears it. */
  set volume(value) {
    this.#volume = value ** 2;
    this.#master?.gain.setTargetAtTime(this.#volume, this.#context.currentTime, GLIDE);
  }

  /** Begins to sound; on a phone, and after a call, only while a touch ends or a key is pressed. */
  wake() {
    if (!this.#context) {
      if (navigator.audioSession) navigator.audioSession.type = "playback";  // not silent by the switch of an iPhone
      // At another rate the browser would put lines between the samples.
      this.#context = new AudioContext({latencyHint: "interactive", sampleRate: this.rate});
      this.#master = new GainNode(this.#context, {gain: this.#volume});
      soften(this.#master).connect(this.#context.destination);
    }
    this.#context.resume();
    return this.#context;
  }

  /** Plays a pad; a hat cuts off the hats before it. */
  strike(pad, when = 0, velocity = 127) {
    this.play(this.voices.wave(pad), when, velocity, isHat(this.store.kit.pads[pad], this.keys));
  }

  /** Plays samples, now or at a time of the audio clock, with a velocity of 127. */
  play(wave, when = 0, velocity = 127, ofHat = false) {
    if (!wave?.length) return;
    // Before the first touch browsers hold sounds back, and then play them all.
    if (navigator.userActivation?.hasBeenActive === false) return this.#hold();
    const context = this.wake(), buffer = context.createBuffer(1, wave.length, this.rate);
    buffer.copyToChannel(wave, 0);
    const source = new AudioBufferSourceNode(context, {buffer});
    const level = new GainNode(context, {gain: (velocity / 127) ** 1.5});
    source.connect(level).connect(this.#master);
    source.start(when);
    if (ofHat) this.#cut(source, level.gain, Math.max(when, context.currentTime));
    this.dispatchEvent(new CustomEvent("play", {detail: wave}));
  }

  #cut(source, gain, start) {
    const hat = {start, gain};
    for (const other of this.#hats) {  // which may be planned for later
      const [first, last] = other.start < start ? [other, hat] : [hat, other];
      if (first.start < last.start) first.gain.setTargetAtTime(0, last.start, CUT);
    }
    this.#hats.add(hat);
    source.onended = () => this.#hats.delete(hat);
  }

  #hold() {
    if (!this.#held) this.dispatchEvent(new Event("held"));
    this.#held = true;
  }

  toggle() {
    if (this.#timer) {
      clearInterval(this.#timer);
      this.#timer = 0;
      this.dispatchEvent(new CustomEvent("step", {detail: -1}));
    } else {
      this.#step = 0;
      this.#next = this.wake().currentTime + 0.06;
      this.#timer = setInterval(() => this.#plan(), LOOK);
    }
    this.dispatchEvent(new Event("run"));
  }

  #plan() {
    for (;;) {
      const {kit} = this.store, step = 15 / kit.tempo, now = this.#context.currentTime;
      const place = this.#step, when = this.#next + (placeOf(place, kit.swing) - place) * step;
      if (when > now + AHEAD) return;
      this.#step = (place + 1) % STEPS;
      this.#next += step;
      if (when < now - LATE) continue;  // what a page that slept has missed
      kit.steps.forEach((row, pad) => { if (row[place]) this.strike(pad, when, row[place]); });
      setTimeout(() => this.#timer && this.dispatchEvent(new CustomEvent("step", {detail: place})), 1000 * (when - now));
    }
  }
}
