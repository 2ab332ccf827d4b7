// Colours of classes, and pictures of sounds.

const HUES = [35, 200, 305, 140, 80, 260, 350, 170];  // degrees, of class after class
const isDark = matchMedia("(prefers-color-scheme: dark)");

/** Calls when the system turns dark or light. */
export const onTheme = redraw => isDark.addEventListener("change", redraw);

/** The colour between the classes that have these weights, or a shade of it. */
export function colour(weights, light = isDark.matches ? 0.76 : 0.56, strength = 0.13, alpha = 1) {
  let a = 0, b = 0;
  weights.forEach((weight, label) => {
    const angle = Math.PI * HUES[label % HUES.length] / 180;
    a += weight * strength * Math.cos(angle);
    b += weight * strength * Math.sin(angle);
  });
  return `oklab(${light.toFixed(3)} ${a.toFixed(4)} ${b.toFixed(4)} / ${alpha.toFixed(3)})`;
}

/** Draws samples from edge to edge, in the colour of their class. */
export function drawWave(canvas, wave, weights) {
  const pen = canvas.getContext("2d"), {width, height} = canvas, middle = height / 2;
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = colour(weights);
  for (let x = 0; x < width; x++) {
    const from = Math.floor(x * wave.length / width), to = Math.max(from + 1, Math.floor((x + 1) * wave.length / width));
    let low = 0, high = 0;
    for (let i = from; i < to; i++) {
      low = Math.min(low, wave[i]);
      high = Math.max(high, wave[i]);
    }
    pen.fillRect(x, middle - high * middle, 1, Math.max(1.5, (high - low) * middle));
  }
}

/** Draws rows of levels from 0 to 1, time to the right and pitch upwards. */
export function drawLevels(canvas, rows, weights) {
  const bands = rows[0].length, shades = Array.from({length: 64}, (_, i) => shade(weights, i / 63));
  const small = new OffscreenCanvas(rows.length, bands), pen = small.getContext("2d");
  rows.forEach((row, x) => row.forEach((level, band) => {
    pen.fillStyle = shades[Math.round(63 * level)];
    pen.fillRect(x, bands - 1 - band, 1, 1);
  }));
  const large = canvas.getContext("2d");
  large.clearRect(0, 0, canvas.width, canvas.height);
  large.imageSmoothingQuality = "high";
  large.drawImage(small, 0, 0, canvas.width, canvas.height);
}

function shade(weights, level) {  // from nothing to the class's colour, and on to light, or ink
  const part = Math.min(1, 2.5 * level), strength = 0.16 * Math.sin(Math.PI * (0.15 + 0.75 * level));
  return colour(weights, isDark.matches ? 0.3 + 0.66 * level : 0.85 - 0.55 * level, strength, part);
}

/** A field of numbers from 0 to 1, [row][column], as a smooth ground in a class's colour. */
export function drawField(canvas, field, weights) {
  const small = new OffscreenCanvas(field[0].length, field.length), pen = small.getContext("2d");
  const [low, high] = isDark.matches ? [0.28, 0.62] : [0.74, 0.96];
  field.forEach((row, y) => row.forEach((value, x) => {
    pen.fillStyle = colour(weights, low + (high - low) * value, 0.04 + 0.06 * Math.sin(Math.PI * value));
    pen.fillRect(x, y, 1, 1);
  }));
  const large = canvas.getContext("2d");
  large.imageSmoothingQuality = "high";
  // The middles of the outer cells are at the edges.
  large.drawImage(small, 0.5, 0.5, small.width - 1, small.height - 1, 0, 0, canvas.width, canvas.height);
}

/** A ring with a dark and a light edge, seen on any ground. */
export function drawRing(pen, x, y, size, fill) {
  for (const [radius, style] of [[size + 3, "#0008"], [size + 1.5, "#fff"], [size - 1.5, fill]]) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = style;
    pen.fill();
  }
}
