// A to B: two kept sounds, and those on the way between them, classes and finish too.

import * as engine from "./engine.js";
import {$} from "./dom.js";
import {colour, onTheme} from "./draw.js";
import {finish} from "./dsp.js";
import {lerp, slerp} from "./latent.js";
import {nameOf} from "./sound.js";

export function addMorph(desk) {
  const {info, store, player} = desk;
  const go = keep => {
    const {a, b} = store.kit, place = Number($("place").value);
    if (!a || !b) return;
    const between = name => Math.round(100 * ((1 - place) * a[name] + place * b[name])) / 100;
    const way = $("path").value === "slerp" ? slerp : lerp;
    desk.change(kit => Object.assign(kit.pads[kit.chosen], {
      z: way(a.z, b.z, place), weights: lerp(a.weights, b.weights, place), seed: null,
      fade: between("fade"), pitch: between("pitch"), gain: between("gain"),
    }), keep);
  };
  for (const slot of ["a", "b"]) {
    $(`keep-${slot}`).onclick = () => {
      const {seed, ...sound} = structuredClone(store.pad);
      store.change(kit => { kit[slot] = sound; });
      $("place").value = slot === "a" ? 0 : 1;
    };
    $(`hear-${slot}`).onclick = async () => {
      const sound = store.kit[slot], wave = await desk.hold(engine.sound(sound.z, sound.weights));
      if (wave) player.play(finish(wave, sound));
    };
  }
  $("place").addEventListener("input", () => go(false));
  $("place").addEventListener("change", () => store.keep());
  $("path").onchange = () => go(true);
  const draw = () => {
    const {a, b} = store.kit;
    $("place").disabled = $("path").disabled = !a || !b;
    for (const [slot, sound] of [["a", a], ["b", b]]) {
      $(`hear-${slot}`).disabled = !sound;
      $(`hear-${slot}`).title = sound ? nameOf(sound, info.kinds) : "nothing kept yet";
      $(`keep-${slot}`).style.setProperty("--own", sound ? colour(sound.weights) : "var(--line)");
    }
  };
  store.addEventListener("change", draw);
  onTheme(draw);
}
