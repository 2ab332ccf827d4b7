// Find this sound: a file in, the nearest sound of the model out.

import * as engine from "./engine.js";
import {$} from "./dom.js";
import {UNFINISHED} from "./kit.js";
import {oneHot} from "./latent.js";

const LEAD = 2;  // s of silence that a file may begin with
const MOST = 64 << 20;  // bytes of a file

/** The samples of a file at a rate, mono; the browser reads every format it plays. */
async function decode(file, rate) {
  if (file.size > MOST) throw new Error(`${file.name} is larger than ${MOST >> 20} MB: a drum is smaller.`);
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error(`${file.name} is no sound that this browser reads: try a WAV.`);
  }
  const channels = Array.from({length: sound.numberOfChannels}, (_, i) => sound.getChannelData(i));
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

export function addFind(desk) {
  const {info, player, store} = desk;
  let stop = null, dropped = null;

  const find = async file => {
    stop?.abort();
    const mine = stop = new AbortController(), pad = store.kit.chosen;
    try {
      const whole = await decode(file, info.sample_rate);
      if (mine.signal.aborted) return;  // another file was dropped meanwhile
      dropped = whole.slice(0, info.length + LEAD * info.sample_rate);
      for (const name of ["searching", "progress", "cancel"]) $(name).hidden = false;
      $("progress").value = 0;
      $("found").textContent = `Looking for ${file.name}`;
      let best = null;
      for await (const step of engine.find(dropped, mine.signal)) {
        best = step;
        $("progress").value = step.progress;
        $("found").textContent = `${info.kinds[step.label]}, ${step.distance.toFixed(1)} dB away so far`;
      }
      if (best?.progress !== 1) throw new Error("The search was cut off: drop the sound again.");
      desk.change(kit => Object.assign(kit.pads[pad], {
        z: best.z, weights: oneHot(best.label, info.classes.length), seed: null, ...UNFINISHED,
      }), true, pad);
      const said = `Nearest to ${file.name}: ${info.kinds[best.label]}, ${best.distance.toFixed(1)} dB away on average (0.3 is the same sound, 4 as near as another drum)`;
      $("found").textContent = said;
      desk.say(said);
      if (store.kit.chosen === pad) await desk.vary();
    } catch (error) {
      if (error.name === "AbortError") return;
      desk.say(error.message);
      if (stop !== mine) return;
      $("searching").hidden = !dropped;  // which is still there to be heard
      $("progress").hidden = true;
      $("found").textContent = "Nothing was found.";
    } finally {
      if (stop === mine) $("cancel").hidden = true;
    }
  };

  $("file").onchange = () => { if ($("file").files[0]) find($("file").files[0]); $("file").value = ""; };
  $("hear").onclick = () => player.play(dropped);
  $("cancel").onclick = () => {
    stop?.abort();
    $("searching").hidden = true;
  };
  addEventListener("dragover", event => { event.preventDefault(); $("drop").classList.add("over"); });
  addEventListener("dragleave", () => $("drop").classList.remove("over"));
  addEventListener("drop", event => {
    event.preventDefault();
    $("drop").classList.remove("over");
    if (event.dataTransfer.files[0]) find(event.dataTransfer.files[0]);
  });
}
