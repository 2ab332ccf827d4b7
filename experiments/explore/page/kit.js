// What a person makes here: eight pads, a pattern, two slots. And its undo.

export const PADS = 8, STEPS = 16, LOUD = 110, SOFT = 60;
const DEEP = 200;  // steps of undo
const BEATS = ["x...x..x..x.x...", "....x.......x..s", "x.s.x.s.x.s.x.ss"];

/** A kit to begin with: pads that share out what a model makes, and a beat of the first of each. */
export function firstKit(info, drawn) {
  const count = info.kinds.length;
  const pads = drawn.map((z, pad) => {
    const label = Math.floor(pad * Math.min(count, PADS) / PADS);
    return {z, weights: info.classes.map((_, i) => Number(i === label)), seed: pad, fade: 0, pitch: 0, gain: 0};
  });
  const steps = pads.map(() => Array(STEPS).fill(0));
  BEATS.slice(0, count).forEach((beat, label) => {
    const pad = pads.findIndex(each => each.weights[label] === 1);
    if (pad >= 0) steps[pad] = [...beat].map(mark => ({x: LOUD, s: SOFT})[mark] || 0);
  });
  return {pads, steps, tempo: 112, swing: 54, chosen: 0, a: null, b: null};
}

const isNumber = (value, low, high) => typeof value === "number" && value >= low && value <= high;
const isRow = (row, length, low, high) => Array.isArray(row) && row.length === length && row.every(value => isNumber(value, low, high));

function isSound(sound, info) {
  return isRow(sound?.z, info.latent_dim, -1e6, 1e6) && isRow(sound.weights, info.classes.length, 0, 1) &&
    Math.abs(sound.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-3;
}

/** Says whether something from outside is a kit for this model. */
export function isKit(kit, info) {
  const isPad = pad => isSound(pad, info) && isNumber(pad.fade, 0, 1) && isNumber(pad.pitch, -12, 12) &&
    isNumber(pad.gain, -24, 12) && (pad.seed === null || Number.isSafeInteger(pad.seed) && pad.seed >= 0);
  const isSlot = slot => slot === null || isSound(slot, info);
  return Array.isArray(kit?.pads) && kit.pads.length === PADS && kit.pads.every(isPad) &&
    Array.isArray(kit.steps) && kit.steps.length === PADS && kit.steps.every(row => isRow(row, STEPS, 0, 127)) &&
    isNumber(kit.tempo, 60, 200) && isNumber(kit.swing, 50, 75) &&
    Number.isInteger(kit.chosen) && isNumber(kit.chosen, 0, PADS - 1) && isSlot(kit.a) && isSlot(kit.b);
}

/** Holds the kit, says "change" when it changes, and goes back. */
export class Store extends EventTarget {
  constructor(kit) {
    super();
    this.kit = kit;
    this.kept = JSON.stringify(kit);
    this.past = [];
    this.future = [];
  }

  get pad() { return this.kit.pads[this.kit.chosen]; }

  /** Edits the kit; a drag keeps its steps together by ``keep`` being false until its end. */
  change(edit, keep = true) {
    edit(this.kit);
    if (keep) this.keep();
    this.dispatchEvent(new Event("change"));
  }

  /** Makes what was changed one step of undo. */
  keep() {
    const now = JSON.stringify(this.kit);
    if (now === this.kept) return;
    this.past = [...this.past, this.kept].slice(-DEEP);
    this.kept = now;
    this.future = [];
    this.dispatchEvent(new Event("kept"));
  }

  undo() { this.keep(); this.#go(this.past, this.future); }
  redo() { this.keep(); this.#go(this.future, this.past); }

  #go(from, to) {
    if (!from.length) return;
    to.push(this.kept);
    this.kept = from.pop();
    this.kit = JSON.parse(this.kept);
    this.dispatchEvent(new Event("kept"));
    this.dispatchEvent(new Event("change"));
  }
}
