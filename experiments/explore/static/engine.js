// The door to a model that runs in the page itself, in a worker; see engine.js of the page.

import {search} from "./search.js";

const worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
const waiting = new Map();
let number = 0, broken = null;

worker.onmessage = ({data: {id, wave, error}}) => {
  const {resolve, reject} = waiting.get(id);
  waiting.delete(id);
  if (error) reject(new Error(error));
  else resolve(wave);
};
worker.onerror = () => {
  broken = new Error("The model cannot be loaded: the page needs a browser with WebAssembly, and all of its files.");
  for (const {reject} of waiting.values()) reject(broken);
  waiting.clear();
};

const files = {};  // name: promise of what is in it

async function load(name, kind) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name} is missing: write the page again.`);
  return answer[kind]();
}

const read = (name, kind = "json") => files[name] ??= load(name, kind);

/** The model: as of the page's own engine, and ``seeds``, how many are known. */
export const describe = () => read("info.json");

/** The z of ``count`` seeds from ``seed`` on, as experiments.generate draws them. */
export async function draw(seed, count = 1) {
  const {latent_dim: size, seeds} = await describe();
  if (seed + count > seeds) throw new Error(`This page knows the seeds 0 to ${seeds - 1}.`);
  const z = new Float32Array(await read("seeds.f32", "arrayBuffer"));
  return Array.from({length: count}, (_, i) => Array.from(z.subarray((seed + i) * size, (seed + i + 1) * size)));
}

/** The sound of a z and a weight for each class, Float32Array. */
export function sound(z, weights) {
  return new Promise((resolve, reject) => {
    if (broken) return reject(broken);
    waiting.set(number, {resolve, reject});
    worker.postMessage({id: number++, z, weights});
  });
}

/** The map: {x, y, label, z} of many sounds, the caller's own. */
export const places = async () => structuredClone(await read("map.json"));

/** Yields {z, label, distance, progress}: the sound nearest to samples so far, at last the answer. */
export async function* find(samples, signal) {
  yield* search(samples, await describe(), draw, sound, signal);
}
