// Puts the page together once the model is known.

import * as engine from "./engine.js";
import {addBeat} from "./beat.js";
import {$} from "./dom.js";
import {addFind} from "./find.js";
import {PADS, Store, firstKit} from "./kit.js";
import {fromHash} from "./link.js";
import {addMap} from "./map.js";
import {addMidi} from "./midi.js";
import {addMorph} from "./morph.js";
import {addNear} from "./near.js";
import {Player} from "./player.js";
import {addSave} from "./save.js";
import {addSound} from "./sound.js";
import {addSpace} from "./space.js";
import {Voices} from "./voices.js";

const SOONEST = 80;  // ms between two sounds of a drag
const READ = 10000;  // ms until a notice is taken away
let fading = 0;

function say(text, stays = false) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
  clearTimeout(fading);
  if (!stays) fading = setTimeout(() => { $("notice").hidden = true; }, READ);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is copied.`);
  } catch {
    prompt(`${what}, to be copied:`, text);
  }
}

/** Waits for the model; where it does not answer says so, and returns null. */
async function hold(promise) {
  try {
    return await promise;
  } catch (error) {
    say(error.message);
    return null;
  }
}

/** Plays a pad for a person; a sound that did not come is asked for again. */
function strike({voices, player}, pad, velocity = 127) {
  player.strike(pad, 0, velocity);
  if (voices.isReady(pad)) return;
  if (!voices.wave(pad)) say(`Pad ${pad + 1} has no sound yet: the model is asked for it.`);
  voices.refresh();
}

/** Has every touch and key wake the sound, which phones let begin in these alone. */
function wakeByTouch(player) {
  const wake = () => { if (!player.isAwake && navigator.userActivation?.hasBeenActive !== false) player.wake(); };
  for (const kind of ["pointerup", "keydown"]) addEventListener(kind, wake, {capture: true});
}

/** Has what a person changes of the chosen pad be heard as soon as it has come. */
function hearChanges({store, voices, player}) {
  let wanted = false, last = -SOONEST, timer = 0;
  const hear = () => {
    timer = 0;
    last = performance.now();
    player.strike(store.kit.chosen);
  };
  const hearSoon = () => {
    wanted = !voices.isReady(store.kit.chosen);
    timer ||= setTimeout(hear, Math.max(0, last + SOONEST - performance.now()));
  };
  voices.addEventListener("sound", event => { if (wanted && event.detail === store.kit.chosen) hearSoon(); });
  return (edit, keep = true, pad = store.kit.chosen) => {
    wanted = pad === store.kit.chosen;
    store.change(edit, keep);
    if (wanted && voices.isReady(store.kit.chosen)) hearSoon();  // a choice of what is there
  };
}

async function begin() {
  const info = await engine.describe();
  const about = `${info.kinds.join(", ")}; iteration ${info.iteration}, model ${info.fingerprint.slice(0, 8)}`;
  $("about").textContent = `${about}; the sounds are being made`;
  const {kit, warning} = await fromHash(location.hash, info);
  const store = new Store(kit || firstKit(info, await engine.draw(0, PADS)));
  const voices = new Voices(store), player = new Player(store, voices, info.sample_rate, info.keys);
  const desk = {info, store, voices, player, say, copy, hold};
  desk.change = hearChanges(desk);
  desk.strike = (pad, velocity) => strike(desk, pad, velocity);
  wakeByTouch(player);
  for (const add of [addSound, addSpace, addNear, addFind, addMorph, addBeat, addMidi, addSave]) add(desk);
  $("volume").oninput = () => { player.volume = $("volume").value / 100; };
  player.addEventListener("held", () => say("Click anywhere first: browsers hold sounds back until then."));
  voices.addEventListener("fail", event => say(event.detail));
  addEventListener("hashchange", () => location.reload());
  store.dispatchEvent(new Event("change"));
  say(warning, true);
  await voices.refresh();
  $("about").textContent = about;
  document.body.dataset.ready = "yes";
  addMap(desk).catch(error => {
    $("map-note").textContent = "could not be had: load the page again";
    say(error.message);
  });
  return desk;
}

/** All parts of the page, once it is ready. */
export const desk = begin().catch(error => {
  say(error.message, true);
  throw error;
});
