// The nearest sound of the model to a given one, without gradients.
//
// Random sounds are compared first; from the nearest of them an evolution
// strategy leads on: sep-CMA-ES (Ros and Hansen, "A Simple Modification in
// CMA-ES Achieving Linear Time and Space Complexity", 2008).

import {distance, spectra} from "./spectra.js";
import {normal, oneHot} from "./latent.js";

const CANDIDATES = 128;  // random sounds that are compared first
const GENERATIONS = 40;
const STEP = 0.45;  // standard deviation of the first generation
const LARGEST = {normal: 3.5, uniform: 1};  // of z; beyond it a generator has learned nothing
const SILENCE = 1e-3;  // of the peak: what is quieter in front is cut
const RAMPS = [16, 1024];  // samples, of the ends

/** Yields {z, label, distance, progress}: the nearest sound so far, at last the answer.
 *
 * ``draw`` gives the z of seeds and ``sound`` the sound of a z and class weights, as the engine does.
 */
export async function* search(samples, info, draw, sound, signal) {
  const wanted = spectra(shape(samples, info.length), info.sample_rate), classes = info.classes.length;
  const away = async (z, label) => {
    signal?.throwIfAborted();
    return distance(spectra(await sound(z, oneHot(label, classes)), info.sample_rate), wanted);
  };
  let best = {distance: Infinity}, done = 0;
  const seeds = await draw(0, CANDIDATES), most = LARGEST[info.prior];
  const strategy = new Strategy(seeds[0].length), all = CANDIDATES + GENERATIONS * strategy.size;
  const compare = async (z, label) => {
    const here = await away(z, label);
    done++;
    if (here < best.distance) best = {z, label, distance: here};
    return here;
  };
  for (const [seed, z] of seeds.entries()) {
    await compare(z, seed % info.kinds.length);
    if (done % 8 === 0) yield {...best, progress: done / all};
  }
  const {label} = best;
  strategy.start(best.z, STEP);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const costs = [], steps = strategy.ask();
    for (const step of steps) {
      const z = strategy.point(step).map(value => Math.min(most, Math.max(-most, value)));
      costs.push(await compare(z, label));
    }
    strategy.tell(steps, costs);
    yield {...best, progress: done / all};
  }
}

/** A sound as those of the training are: cut in front, faded, a peak of 1, ``length`` samples. */
export function shape(samples, length) {
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!(peak > 1e-6 && peak < Infinity) || samples.some(Number.isNaN)) throw new Error("The sound to look for is silent.");
  const first = samples.findIndex(x => Math.abs(x) >= SILENCE * peak), cut = samples.slice(first, first + length);
  const [rise, fall] = RAMPS.map(ramp => Math.min(ramp, cut.length));
  const faded = cut.map((x, i) => x * Math.min(1, i / rise) * Math.min(1, (cut.length - 1 - i) / fall));
  const loudest = faded.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1, shaped = new Float32Array(length);
  shaped.set(faded.map(x => x / loudest));
  return shaped;
}

/** An evolution strategy that looks for the least cost of points of ``dim`` numbers. */
export class Strategy {
  constructor(dim, seed = 1) {
    this.dim = dim;
    const uniform = uniforms(seed);
    this.random = () => normal(uniform);
    this.size = 4 + Math.floor(3 * Math.log(dim));  // points of a generation
    const parents = this.size >> 1, raw = Array.from({length: parents}, (_, i) => Math.log(parents + 0.5) - Math.log(i + 1));
    const total = raw.reduce((sum, weight) => sum + weight);
    this.weights = raw.map(weight => weight / total);
    const mass = this.mass = 1 / this.weights.reduce((sum, weight) => sum + weight ** 2, 0), faster = (dim + 2) / 3;
    this.forPath = (4 + mass / dim) / (dim + 4 + 2 * mass / dim);
    this.forStep = (mass + 2) / (dim + mass + 5);
    this.forOne = faster * 2 / ((dim + 1.3) ** 2 + mass);
    this.forMany = Math.min(1 - this.forOne, faster * 2 * (mass - 2 + 1 / mass) / ((dim + 2) ** 2 + mass));
    this.damping = 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (dim + 1)) - 1) + this.forStep;
    this.usual = Math.sqrt(dim) * (1 - 1 / (4 * dim) + 1 / (21 * dim ** 2));  // length of a normal vector
  }

  /** Begins at a point, with a standard deviation for every number of it. */
  start(mean, step) {
    this.mean = Array.from(mean);
    this.step = step;
    this.generation = 0;
    this.variances = this.mean.map(() => 1);
    this.path = this.mean.map(() => 0);
    this.stepPath = this.mean.map(() => 0);
  }

  /** The steps of a generation; ``point`` gives where they lead. */
  ask() {
    return Array.from({length: this.size}, () => this.variances.map(variance => Math.sqrt(variance) * this.random()));
  }

  point(step) {
    return this.mean.map((value, i) => value + this.step * step[i]);
  }

  /** Learns from the costs of a generation's steps. */
  tell(steps, costs) {
    const order = costs.map((_, i) => i).sort((a, b) => costs[a] - costs[b]), {weights, variances, mass, dim} = this;
    const mix = value => variances.map((_, i) => weights.reduce((sum, weight, rank) => sum + weight * value(steps[order[rank]][i]), 0));
    const move = mix(x => x), squares = mix(x => x * x), rest = (1 - this.forStep) ** (2 * ++this.generation);
    this.mean = this.point(move);
    const turn = Math.sqrt(this.forStep * (2 - this.forStep) * mass);
    this.stepPath = this.stepPath.map((x, i) => (1 - this.forStep) * x + turn * move[i] / Math.sqrt(variances[i]));
    const length = Math.hypot(...this.stepPath), steady = length / Math.sqrt(1 - rest) / this.usual < 1.4 + 2 / (dim + 1);
    const pull = steady ? Math.sqrt(this.forPath * (2 - this.forPath) * mass) : 0;
    this.path = this.path.map((x, i) => (1 - this.forPath) * x + pull * move[i]);
    this.variances = variances.map((variance, i) =>
      (1 - this.forOne - this.forMany) * variance + this.forOne * this.path[i] ** 2 + this.forMany * squares[i]);
    this.step *= Math.exp(this.forStep / this.damping * (length / this.usual - 1));
  }
}

/** A source of uniform numbers, the same for the same seed: a linear congruential one. */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
