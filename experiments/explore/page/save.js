// What a person takes away: sounds, the loop, the pattern, the link.

import {$} from "./dom.js";
import {save} from "./elements.js";
import {loop, midi, plainName, wav} from "./formats.js";
import {kindOf} from "./latent.js";
import {toHash} from "./link.js";
import {zip} from "./zip.js";

const SOON = 250;  // ms after a change until the address has it

export function addSave(desk) {
  const {info, store, voices} = desk, rate = info.sample_rate;
  const fileOf = pad => {
    const {seed} = store.kit.pads[pad], name = plainName(kindOf(store.kit.pads[pad], info.kinds));
    return `${pad + 1}_${name}${seed === null ? "" : `_seed${seed}`}.wav`;
  };
  const all = () => [...store.kit.pads.keys()];
  const ready = async pads => {
    await voices.refresh(pads());
    if (!pads().every(pad => voices.isReady(pad))) throw new Error("The model does not answer, so the sounds are not ready to be saved.");
    return all().map(pad => voices.wave(pad));
  };
  const jobs = {  // the pads whose sounds they need, and what they do with those of all
    "save-wav": [() => [store.kit.chosen], waves => save(fileOf(store.kit.chosen), wav(waves[store.kit.chosen], rate), "audio/wav")],
    "save-pads": [all, waves => {
      const sounds = waves.map((wave, pad) => [fileOf(pad), wav(wave, rate)]);
      const text = JSON.stringify({model: info.fingerprint, classes: info.classes, kit: store.kit}, null, 1);
      save("pads.zip", zip([...sounds, ["kit.json", new TextEncoder().encode(text)]]));
    }],
    "save-loop": [() => all().filter(pad => store.kit.steps[pad].some(Boolean)), waves =>
      save(`loop_${store.kit.tempo}bpm.wav`, wav(loop(store.kit, waves, rate, info.keys), rate), "audio/wav")],
    "save-midi": [() => [], () => save("pattern.mid", midi(store.kit, info.keys), "audio/midi")],
  };
  for (const [id, [pads, job]] of Object.entries(jobs)) {
    $(id).onclick = () => ready(pads).then(job).catch(error => desk.say(error.message));
  }

  let timer = 0;
  const address = async () => history.replaceState(null, "", await toHash(store.kit, info.fingerprint));
  store.addEventListener("kept", () => {
    clearTimeout(timer);
    timer = setTimeout(address, SOON);
  });
  $("link").onclick = async () => {
    await address();
    desk.copy(location.href, "The link");
  };
  $("undo").onclick = () => store.undo();
  $("redo").onclick = () => store.redo();
  const draw = () => {
    $("undo").disabled = !store.past.length;
    $("redo").disabled = !store.future.length;
  };
  store.addEventListener("kept", draw);
  draw();
}
