// From samples to samples, and to what is drawn of them.

export const MELS = 96, LOW = 30, RANGE = 70;  // bands, Hz, dB below the loudest cell
const SIZE = 2048, WINDOW = 1024;  // samples of a transform, and of the window in it
const SIDE = 24, FINE = 512;  // zeros of the kernel on each side, and its values from one to the next

/** A sound with its finish: pitch in semitones, fade as a share of it, gain in dB. */
export function finish(wave, {pitch, fade, gain}) {
  const ratio = 2 ** (pitch / 12), factor = 10 ** (gain / 20);
  const made = pitch ? resample(wave, ratio) : wave.slice();
  const faded = Math.max(1, fade * made.length);
  for (let i = 0; i < made.length; i++) {
    const left = fade ? Math.min(1, (made.length - 1 - i) / faded) : 1;
    made[i] = Math.max(-1, Math.min(1, made[i] * factor * left));
  }
  return made;
}

// Half of a sinc in Blackman's window, its zeros 1 apart.
const kernel = Float64Array.from({length: SIDE * FINE + 2}, (_, i) => {
  const x = Math.PI * i / FINE, turn = Math.min(Math.PI, x / SIDE);
  const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
  return i ? window * Math.sin(x) / x : 1;
});

function resample(wave, ratio) {  // what would lie above half the rate is left out
  const cut = Math.min(1, 1 / ratio), reach = SIDE / cut, before = Math.ceil(reach);
  const long = new Float32Array(wave.length + 2 * before + 1).fill(wave.at(-1));
  long.fill(wave[0], 0, before).set(wave, before);
  return new Float32Array(Math.floor(wave.length / ratio)).map((_, i) => {
    const middle = i * ratio + before, last = Math.floor(middle + reach);
    let sum = 0;
    for (let j = Math.ceil(middle - reach); j <= last; j++) {
      const place = Math.abs(j - middle) * cut * FINE, left = Math.floor(place);
      sum += long[j] * (kernel[left] + (place - left) * (kernel[left + 1] - kernel[left]));
    }
    return cut * sum;
  });
}

const turns = Array.from({length: SIZE / 2}, (_, i) => [Math.cos(2 * Math.PI * i / SIZE), -Math.sin(2 * Math.PI * i / SIZE)]);
const cos = Float64Array.from(turns, turn => turn[0]), sin = Float64Array.from(turns, turn => turn[1]);
const order = Uint16Array.from({length: SIZE}, (_, i) => parseInt(i.toString(2).padStart(Math.log2(SIZE), "0").split("").reverse().join(""), 2));
const hann = Float64Array.from({length: WINDOW}, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / WINDOW));

/** The power at each frequency of the samples about ``middle``, SIZE / 2 + 1 of them. */
export function power(wave, middle) {
  const real = new Float64Array(SIZE), imaginary = new Float64Array(SIZE), start = middle - WINDOW / 2;
  for (let i = 0; i < SIZE; i++) {
    const from = order[i];
    if (from < WINDOW) real[i] = (wave[start + from] || 0) * hann[from];
  }
  for (let half = 1; half < SIZE; half *= 2) {
    for (let first = 0; first < SIZE; first += 2 * half) {
      for (let k = 0; k < half; k++) {
        const turn = k * SIZE / (2 * half), i = first + k, j = i + half;
        const x = real[j] * cos[turn] - imaginary[j] * sin[turn], y = real[j] * sin[turn] + imaginary[j] * cos[turn];
        real[j] = real[i] - x; imaginary[j] = imaginary[i] - y;
        real[i] += x; imaginary[i] += y;
      }
    }
  }
  return Float64Array.from({length: SIZE / 2 + 1}, (_, i) => real[i] ** 2 + imaginary[i] ** 2);
}

const toMel = hz => 1127 * Math.log1p(hz / 700), toHz = mel => 700 * Math.expm1(mel / 1127);

/** The mel spectrogram, ``frames`` rows of MELS levels from 0 (RANGE dB below the loudest) to 1. */
export function melSpectrogram(wave, rate, frames) {
  const low = toMel(LOW), high = toMel(Math.min(20000, rate / 2)), perBin = rate / SIZE;
  const edge = i => toHz(low + (high - low) * i / MELS) / perBin;
  const rows = Array.from({length: frames}, (_, frame) => {
    const bins = power(wave, Math.round((frame + 0.5) * wave.length / frames));
    return Float32Array.from({length: MELS}, (_, band) => {
      const [from, to] = [edge(band), edge(band + 1)];
      if (to - from < 2) {  // narrower than a bin: between two of them
        const place = (from + to) / 2, left = Math.floor(place), t = place - left;
        return (1 - t) * bins[left] + t * bins[Math.min(SIZE / 2, left + 1)];
      }
      let sum = 0;
      for (let bin = Math.ceil(from); bin < to; bin++) sum += bins[bin] || 0;
      return sum / Math.ceil(to - from);
    });
  });
  const loudest = Math.max(1e-12, ...rows.map(row => Math.max(...row)));
  return rows.map(row => row.map(value => Math.max(0, 1 + 10 * Math.log10(value / loudest + 1e-12) / RANGE)));
}

/** How bright a sound is, from 0 (100 Hz) to 1 (12 kHz): the centre of its spectrum. */
export function brightness(wave, rate) {
  let weighted = 0, total = 1e-12;
  for (const middle of [512, 2048, 4096]) {
    power(wave, middle).forEach((value, bin) => { weighted += Math.sqrt(value) * bin; total += Math.sqrt(value); });
  }
  const hz = Math.max(1, weighted / total * rate / SIZE);
  return Math.max(0, Math.min(1, Math.log(hz / 100) / Math.log(120)));
}
