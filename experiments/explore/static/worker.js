// Runs the model, on one thread of WebAssembly.

import * as ort from "./ort.wasm.bundle.min.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = {wasm: new URL("ort-wasm-simd-threaded.wasm", import.meta.url).href};
const model = ort.InferenceSession.create(new URL("mix.onnx", import.meta.url).href, {executionProviders: ["wasm"]});
const row = values => new ort.Tensor("float32", Float32Array.from(values), [1, values.length]);

onmessage = async ({data: {id, z, weights}}) => {
  try {
    const {audio, valid} = await (await model).run({z: row(z), class_weights: row(weights)});
    if (!valid.data[0]) throw new Error("The model makes no such sound.");
    postMessage({id, wave: audio.data});
  } catch (error) {
    postMessage({id, error: error.message});
  }
};
