// The one door to the model. Another engine that exports the same five functions
// can take its place: describe, draw, sound, places and find.

const MOST = 16;  // sounds of one request
const PATIENCE = 1500;  // ms between two looks for the map
const SILENT = "The model does not answer: start experiments.explore again.";
let length = 0, waiting = [], hasSounded = false;

const noAnswer = () => new Error(`${SILENT} ${hasSounded ? "What is on the pads still plays." : "Then load this page again."}`);

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw noAnswer();
  }
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** The model: classes, latent_dim, length, sample_rate, prior, directions, fingerprint. */
export async function describe() {
  const info = await (await ask("info")).json();
  length = info.length;
  return info;
}

/** The z of ``count`` seeds from ``seed`` on, as experiments.generate draws them. */
export async function draw(seed, count = 1) {
  return (await ask(`draw?seed=${seed}&count=${count}`)).json();
}

/** The sound of a z and a weight for each class, Float32Array; what is asked at once goes at once. */
export function sound(z, weights) {
  if (!waiting.length) queueMicrotask(send);
  return new Promise((resolve, reject) => waiting.push({z, weights, resolve, reject}));
}

async function send() {
  const all = waiting;
  waiting = [];
  for (let at = 0; at < all.length; at += MOST) {
    const some = all.slice(at, at + MOST);
    try {
      const body = JSON.stringify({z: some.map(one => one.z), class_weights: some.map(one => one.weights)});
      const answer = await ask("sounds", {method: "POST", headers: {"Content-Type": "application/json"}, body});
      const samples = new Float32Array(await answer.arrayBuffer());
      hasSounded = true;
      some.forEach((one, row) => one.resolve(samples.slice(row * length, (row + 1) * length)));
    } catch (error) {
      some.forEach(one => one.reject(error));
    }
  }
}

/** The map: {x, y, label, z} of many sounds, once it is made. */
export async function places() {
  for (;;) {
    const found = await (await ask("map")).json();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, PATIENCE));
  }
}

/** Yields {z, label, distance, progress}: the sound nearest to samples so far, at last the answer. */
export async function* find(samples, signal) {
  const headers = {"Content-Type": "application/octet-stream"};
  const answer = await ask("find", {method: "POST", headers, body: samples, signal});
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const {value, done} = await reader.read().catch(error => { throw error.name === "AbortError" ? error : noAnswer(); });
    if (done) return;
    const lines = (text + value).split("\n");
    text = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}
