// Distance between sounds as they are heard: wavegan_cond/synthesis/spectral_distance.py in JavaScript.

const RESOLUTIONS = [[64, 12], [256, 24], [1024, 48], [4096, 96]];  // samples of a window, bands at most
const FLOOR = 1e-8;  // share of a sound's energy in a cell: -80 dB
const ONSET = 4, ONSET_SECONDS = 0.02;  // weight of the first instant, and how fast it falls

/** Weighted levels of a sound in decibels, Float32Array; ``distance`` compares them. */
export function spectra(audio, rate) {
  const scale = 1 / Math.sqrt(audio.reduce((sum, x) => sum + x * x, 1e-12));
  const fitting = RESOLUTIONS.filter(([window]) => window <= audio.length);
  const parts = (fitting.length ? fitting : [RESOLUTIONS[0]]).map(([window, bands]) => levels(audio, scale, rate, window, bands));
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part.map(level => level / parts.length), at);
    at += part.length;
  }
  return all;
}

/** The mean difference of levels in decibels. */
export const distance = (ours, others) => ours.reduce((sum, level, i) => sum + Math.abs(level - others[i]), 0);

function levels(audio, scale, rate, window, most) {
  const hop = window / 2, frames = Math.ceil(audio.length / hop), edges = bandEdges(window / 2 + 1, most), count = edges.length - 1;
  const hann = Float64Array.from({length: window}, (_, i) => scale * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / window)));
  const weights = Array.from({length: frames}, (_, frame) => 1 + (ONSET - 1) * Math.exp(-frame * hop / rate / ONSET_SECONDS));
  const total = weights.reduce((sum, weight) => sum + weight) * count, found = new Float32Array(frames * count);
  const real = new Float64Array(window), imaginary = new Float64Array(window);
  for (let frame = 0; frame < frames; frame++) {
    for (let i = 0; i < window; i++) real[i] = hann[i] * (audio[frame * hop + i] ?? 0);
    imaginary.fill(0);
    transform(real, imaginary);
    for (let band = 0; band < count; band++) {
      let power = 0;
      for (let bin = edges[band]; bin < edges[band + 1]; bin++) power += real[bin] ** 2 + imaginary[bin] ** 2;
      const mean = power / (edges[band + 1] - edges[band]) / window;
      found[frame * count + band] = 10 * Math.log10(mean + FLOOR) * weights[frame] / total;
    }
  }
  return found;
}

/** Bins at which bands of equal ratio begin and end; the lowest ones are a bin wide. */
function bandEdges(bins, most) {
  const edges = Array.from({length: most + 1}, (_, i) => Math.round(bins ** (i / most)));
  return [...new Set([0, ...edges])];
}

/** Fourier transform in place; the length is a power of two. */
function transform(real, imaginary) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let span = 2; span <= size; span *= 2) {
    for (let k = 0; k < span / 2; k++) {
      const angle = -2 * Math.PI * k / span, cosine = Math.cos(angle), sine = Math.sin(angle);
      for (let low = k; low < size; low += span) {
        const high = low + span / 2;
        const x = real[high] * cosine - imaginary[high] * sine, y = real[high] * sine + imaginary[high] * cosine;
        real[high] = real[low] - x;
        imaginary[high] = imaginary[low] - y;
        real[low] += x;
        imaginary[low] += y;
      }
    }
  }
}
