// Moving through the latent space: plain arrays in, plain arrays out.

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** How far z lies along each direction. */
export const amounts = (z, directions) => directions.map(direction => dot(z, direction));

/** z with another amount along one direction. */
export function steer(z, direction, amount) {
  const change = amount - dot(z, direction);
  return z.map((value, i) => Math.fround(value + change * direction[i]));
}

export const lerp = (a, b, place) => a.map((value, i) => Math.fround((1 - place) * value + place * b[i]));

/** Along the arc between two vectors; a line where they define none. */
export function slerp(a, b, place) {
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  const angle = norms ? Math.acos(Math.max(-1, Math.min(1, dot(a, b) / norms))) : 0;
  if (Math.sin(angle) < 1e-6) return lerp(a, b, place);
  const [left, right] = [Math.sin((1 - place) * angle), Math.sin(place * angle)].map(part => part / Math.sin(angle));
  return a.map((value, i) => Math.fround(left * value + right * b[i]));
}

/** A normal number, of a source of uniform ones from 0 to 1 (Box and Muller). */
export function normal(uniform = Math.random) {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A random z about a given one, ``radius`` deviations of each number away. */
export function nearby(z, radius, prior) {
  const most = prior === "uniform" ? 1 : Infinity;
  return z.map(value => Math.fround(Math.max(-most, Math.min(most, value + radius * normal()))));
}

/** All weight on one class. */
export const oneHot = (label, count) => Array.from({length: count}, (_, i) => Number(i === label));

/** Weights with one of them changed; the others keep their proportions and all sum to 1. */
export function reweigh(weights, label, value) {
  const rest = weights.reduce((sum, weight, i) => sum + (i === label ? 0 : weight), 0);
  const others = weights.length - 1;
  if (!others) return [1];
  return weights.map((weight, i) => i === label ? value : (1 - value) * (rest > 1e-9 ? weight / rest : 1 / others));
}

/** The class with the most weight. */
export const leading = weights => weights.indexOf(Math.max(...weights));

/** What a list with an entry for each kind of sound has for a pad; a model without labels has one kind. */
export const kindOf = (pad, kinds) => kinds[kinds.length > 1 ? leading(pad.weights) : 0];
