// A kit as text in the address: JSON, deflated, in the letters of base64url.

import {isKit} from "./kit.js";

const MARK = "#kit=", MOST = 1 << 20;  // bytes of a kit that is unpacked

async function through(stream, bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader(), parts = [];
  for (let size = 0;;) {
    const {value, done} = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
    size += value.length;
    if (size > MOST) throw new Error("too large");
  }
}

const short = value => Number(value.toPrecision(9));  // which a float32 is exact in
const apply = (sound, change) => sound && {...sound, z: sound.z.map(change), weights: sound.weights.map(change)};
const withNumbers = (kit, change) => ({...kit, pads: kit.pads.map(pad => apply(pad, change)), a: apply(kit.a, change), b: apply(kit.b, change)});

/** What is behind the address of a page that holds a kit. */
export async function toHash(kit, fingerprint) {
  const text = JSON.stringify({model: fingerprint, kit: withNumbers(kit, short)});
  const bytes = await through(new CompressionStream("deflate"), new TextEncoder().encode(text));
  const letters = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  return MARK + letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The kit of an address, {kit, warning}; kit is null where there is none to be used. */
export async function fromHash(hash, info) {
  if (!hash.startsWith(MARK)) return {kit: null, warning: ""};
  let content;
  try {
    const letters = hash.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(letters), letter => letter.charCodeAt(0));
    content = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate"), bytes)));
  } catch {
    return {kit: null, warning: "This link is damaged: a new kit was made instead."};
  }
  const other = content?.model !== info.fingerprint;
  if (!isKit(content?.kit, info)) {
    const reason = other ? "is of another model, whose sounds this one cannot make" : "is damaged";
    return {kit: null, warning: `This link ${reason}: a new kit was made instead.`};
  }
  const made = String(content.model).slice(0, 8), here = info.fingerprint.slice(0, 8);
  return {kit: withNumbers(content.kit, Math.fround), warning: other ? `This link was made with another model (${made}); this one is ${here}, so its sounds differ.` : ""};
}
