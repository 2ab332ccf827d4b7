// What a person makes here: eight pads, a pattern, two slots. And its undo.

import {kindOf} from "./latent.js";

export const PADS = 8, STEPS = 16, LOUD = 110, SOFT = 60;
export const UNFINISHED = {fade: 0, pitch: 0, gain: 0};
export const CUT = 0.005;  // s in which a hat falls silent when the next one is struck
const HATS = [42, 44, 46], NO_DRUM = 60;  // keys of General MIDI; those from the last on are free
const DEEP = 200;  // steps of undo
// Of the kick, the snare, the hat and the clap, by their keys of General MIDI.
const BEATS = [
  {keys: [35, 36], marks: "x...x..x..x.x..."}, {keys: [38, 40], marks: "....x.......x..s"},
  {keys: [42, 44, 46], marks: "x.s.x.s.x.s.x.ss"}, {keys: [39], marks: "............x..."},
];

/** The class that each beat is of; the first that is no such drum where no class has its keys. */
function labelsOfBeats({kinds, keys}) {
  const drums = kinds.map((_, label) => BEATS.findIndex(beat => beat.keys.includes(keys?.[label][0])));
  const others = [...drums.keys()].filter(label => drums[label] < 0);
  return BEATS.map((_, drum) => drums.includes(drum) ? drums.indexOf(drum) : others.shift());
}

/** A kit to begin with: pads that share out what a model makes, and a beat of the first of each. */
export function firstKit(info, drawn) {
  const ofBeats = labelsOfBeats(info);
  // Of more classes than pads, those of the beats are there.
  const known = new Set([...ofBeats.filter(label => label !== undefined), ...info.kinds.keys()]);
  const labels = [...known].slice(0, PADS).sort((a, b) => a - b);
  const pads = drawn.map((z, pad) => {
    const label = labels[Math.floor(pad * labels.length / PADS)];
    return {z, weights: info.classes.map((_, i) => Number(i === label)), seed: pad, ...UNFINISHED};
  });
  const steps = pads.map(() => Array(STEPS).fill(0));
  BEATS.forEach(({marks}, drum) => {
    const pad = pads.findIndex(each => each.weights[ofBeats[drum]] === 1);
    if (pad >= 0) steps[pad] = [...marks].map(mark => ({x: LOUD, s: SOFT})[mark] || 0);
  });
  return {pads, steps, tempo: 112, swing: 54, chosen: 0, a: null, b: null};
}

/** Says whether a pad is a hat, which is cut off by the next one; ``keys`` has those of each class. */
export function isHat(pad, keys) {
  const drums = (kindOf(pad, keys) ?? []).filter(key => key < NO_DRUM);
  return drums.length > 0 && drums.every(key => HATS.includes(key));
}

const isNumber = (value, low, high) => typeof value === "number" && value >= low && value <= high;
const isRow = (row, length, low, high) => Array.isArray(row) && row.length === length && row.every(value => isNumber(value, low, high));

const isFinish = ({fade, pitch, gain}) => isNumber(fade, 0, 1) && isNumber(pitch, -12, 12) && isNumber(gain, -24, 12);

function isSound(sound, info) {
  return isRow(sound?.z, info.latent_dim, -1e6, 1e6) && isRow(sound.weights, info.classes.length, 0, 1) &&
    Math.abs(sound.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-3 && isFinish(sound);
}

/** Says whether something from outside is a kit for this model. */
export function isKit(kit, info) {
  const isPad = pad => isSound(pad, info) && (pad.seed === null || Number.isSafeInteger(pad.seed) && pad.seed >= 0);
  const isSlot = slot => slot === null || isSound(slot, info);
  return Array.isArray(kit?.pads) && kit.pads.length === PADS && kit.pads.every(isPad) &&
    Array.isArray(kit.steps) && kit.steps.length === PADS && kit.steps.every(row => isRow(row, STEPS, 0, 127) && row.every(Number.isInteger)) &&
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
