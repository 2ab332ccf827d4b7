// A MIDI keyboard, or pads that are hit, plays the pads of the page.

import {$} from "./dom.js";
import {keysOf} from "./formats.js";
import {PADS} from "./kit.js";

const NOTE_ON = 0x90, FIRST = 36;  // the key that the first of most hardware pads sends

/** The pad that a key plays: that of its drum in General MIDI; of other keys one of eight in a row. */
export function padOf(key, kit, classKeys) {
  const pad = keysOf(kit, classKeys).indexOf(key);
  return pad >= 0 ? pad : (key - FIRST + 16 * PADS) % PADS;
}

export function addMidi(desk) {
  const {info, store} = desk;
  const hear = ({data: [kind, key, velocity]}) => {
    if ((kind & 0xf0) !== NOTE_ON || !velocity) return;
    const pad = padOf(key, store.kit, info.keys);
    desk.strike(pad, velocity);
    if (store.kit.chosen !== pad) store.change(kit => { kit.chosen = pad; }, false);
  };
  const listen = access => {
    const inputs = [...access.inputs.values()].filter(input => input.state === "connected");
    for (const input of inputs) input.onmidimessage = hear;
    const names = inputs.map(input => input.name).join(", ");
    desk.say(names ? `Plays the pads: ${names}.` : "No MIDI keyboard is there: it is taken as soon as you plug it in.");
  };
  $("midi").hidden = !navigator.requestMIDIAccess;
  $("midi").onclick = async () => {
    try {
      const access = await navigator.requestMIDIAccess();
      access.onstatechange = event => { if (event.port.type === "input") listen(access); };
      listen(access);
    } catch {
      desk.say("The browser does not let this page hear MIDI: see the sign before the address.");
    }
  };
}
