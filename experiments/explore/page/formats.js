// What is taken away: WAV, a loop, MIDI.

import {CUT, STEPS, isHat} from "./kit.js";
import {kindOf} from "./latent.js";
import {placeOf} from "./player.js";

/** A mono WAV file of 16 bits. */
export function wav(wave, rate) {
  const bytes = new Uint8Array(44 + 2 * wave.length), view = new DataView(bytes.buffer);
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + 2 * wave.length, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, 2 * wave.length, true);
  wave.forEach((value, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, value))), true));
  return bytes;
}

/** A name for a file: letters and numbers of all scripts, and _ in the place of the rest. */
export const plainName = text => text.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, "_");

/** One bar of a kit that repeats without a seam: what rings on at its end is at its beginning. */
export function loop(kit, waves, rate, keys) {
  const step = 15 / kit.tempo, bar = new Float32Array(Math.round(STEPS * step * rate));
  const hits = kit.steps.flatMap((row, pad) => row.map((velocity, place) => ({
    pad, gain: (velocity / 127) ** 1.5, start: Math.round(placeOf(place, kit.swing) * step * rate),
  }))).filter(hit => hit.gain);
  const hats = hits.filter(hit => isHat(kit.pads[hit.pad], keys));
  for (const hit of hits) {
    const next = hats.map(hat => (hat.start - hit.start + bar.length - 1) % bar.length + 1);
    const end = hats.includes(hit) ? Math.min(...next) : Infinity;
    waves[hit.pad].forEach((value, i) => {
      const left = i < end ? 1 : Math.exp((end - i) / (CUT * rate));
      bar[(hit.start + i) % bar.length] += hit.gain * left * value;
    });
  }
  const peak = bar.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return bar.map(value => value / peak);
}

/** A key for every pad, none twice: the first free one of its class; ``keys`` has those of each. */
export function keysOf(kit, keys) {
  const taken = [];
  for (const pad of kit.pads) taken.push(kindOf(pad, keys).find(key => !taken.includes(key)));
  return taken;
}

const QUARTER = 480, NOTE = 60;  // ticks
const bytesOf = (value, size) => Array.from({length: size}, (_, i) => value >>> 8 * (size - 1 - i) & 255);
const letters = text => [...text].map(letter => letter.charCodeAt(0));

function delta(ticks) {  // 7 bits a byte, the highest first
  const bytes = [ticks & 127];
  for (let rest = ticks >>> 7; rest; rest >>>= 7) bytes.unshift(rest & 127 | 128);
  return bytes;
}

function track(events, end) {  // [tick, bytes] of each
  let now = 0;
  const body = [];
  for (const [tick, bytes] of [...events.sort((a, b) => a[0] - b[0]), [end, [0xff, 0x2f, 0]]]) {
    body.push(...delta(tick - now), ...bytes);
    now = tick;
  }
  return [...letters("MTrk"), ...bytesOf(body.length, 4), ...body];
}

/** The pattern as a MIDI file of format 1: a track of the tempo, and one of drums on channel 10. */
export function midi(kit, classKeys) {
  const keys = keysOf(kit, classKeys), end = 4 * QUARTER, notes = [];
  kit.steps.forEach((row, pad) => row.forEach((velocity, step) => {
    if (!velocity) return;
    const tick = Math.round(placeOf(step, kit.swing) * QUARTER / 4);
    notes.push([tick, [0x99, keys[pad], velocity]], [Math.min(end, tick + NOTE), [0x89, keys[pad], 0]]);
  }));
  const tempo = [0xff, 0x51, 3, ...bytesOf(Math.round(6e7 / kit.tempo), 3)], metre = [0xff, 0x58, 4, 4, 2, 24, 8];
  const head = [...letters("MThd"), ...bytesOf(6, 4), ...bytesOf(1, 2), ...bytesOf(2, 2), ...bytesOf(QUARTER, 2)];
  return Uint8Array.from([...head, ...track([[0, tempo], [0, metre]], end), ...track(notes, end)]);
}
