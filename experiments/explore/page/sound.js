// The chosen pad: its picture, its class, its finish, its seed.

import * as engine from "./engine.js";
import {$, bind, makeSlider, show} from "./dom.js";
import {colour, drawLevels, drawWave, onTheme} from "./draw.js";
import {melSpectrogram} from "./dsp.js";
import {make, onPress} from "./elements.js";
import {kindOf, oneHot, reweigh} from "./latent.js";

const FRAMES = 144, SEEDS = 1e6;

/** A pad's class in words: its name, or the shares of a mix. */
export function nameOf(pad, kinds) {
  const shares = pad.weights.map((weight, label) => [Math.round(100 * weight), kinds[label]]).filter(([share]) => share);
  if (shares.length < 2 || kinds.length < 2) return kindOf(pad, kinds);
  return shares.sort((a, b) => b[0] - a[0]).slice(0, 3).map(([share, name]) => `${name} ${share} %`).join(", ");
}

export function addSound(desk) {
  const {info, store, voices, player} = desk;
  addClasses(desk);
  const edits = {
    fade: value => value ? `last ${Math.round(100 * value)} %` : "off",
    pitch: value => `${value > 0 ? "+" : ""}${value} st`,
    gain: value => `${value > 0 ? "+" : ""}${value} dB`,
  };
  for (const name of Object.keys(edits)) {
    bind($(name), desk.change, store, (kit, value) => { kit.pads[kit.chosen][name] = value; });
  }
  onPress($("play"), () => desk.strike(store.kit.chosen), () => player.isAwake);
  $("random").onclick = () => newSound(desk, store.kit.chosen);
  $("seed").onchange = () => {
    const seed = Number($("seed").value);
    if (/^\d{1,15}$/.test($("seed").value.trim())) newSound(desk, store.kit.chosen, seed);
    else desk.say("A seed is a whole number.");
  };
  $("copy-seed").onclick = () => desk.copy($("seed").value, "The seed");

  let drawn = 0;
  const picture = () => {
    cancelAnimationFrame(drawn);
    drawn = requestAnimationFrame(() => {
      const wave = voices.wave(store.kit.chosen), {weights} = store.pad;
      if (!wave) return;
      drawWave($("wave"), wave, weights);
      drawLevels($("mel"), melSpectrogram(wave, info.sample_rate, FRAMES), weights);
      $("seconds").textContent = `${(wave.length / info.sample_rate).toFixed(2)} s`;
    });
  };
  const words = () => {
    const {pad, kit} = store;
    $("sound-title").textContent = `Pad ${kit.chosen + 1}: ${nameOf(pad, info.kinds)}`;
    document.documentElement.style.setProperty("--hot", colour(pad.weights));
    for (const [name, text] of Object.entries(edits)) show($(name), pad[name], text(pad[name]));
    if (document.activeElement !== $("seed")) $("seed").value = pad.seed ?? "";
    $("copy-seed").disabled = pad.seed === null;
  };
  store.addEventListener("change", () => { words(); picture(); });
  voices.addEventListener("sound", event => { if (event.detail === store.kit.chosen) picture(); });
  player.addEventListener("play", event => {
    if (event.detail !== voices.wave(store.kit.chosen)) return;
    const duration = 1000 * event.detail.length / info.sample_rate;
    $("head").animate([{left: 0, opacity: 1}, {left: "100%", opacity: 1}], {duration});
  });
  onTheme(() => { words(); picture(); });
}

function addClasses({info, store, change}) {
  const buttons = info.classes.map((name, label) => {
    const button = make("button", $("classes"));
    make("span", button, name);
    button.title = name;  // of which a long one is cut off
    button.onclick = () => change(kit => { kit.pads[kit.chosen].weights = oneHot(label, info.classes.length); });
    return button;
  });
  const sliders = info.classes.map((name, label) => {
    const slider = makeSlider($("mix"), name, 0, 1, 0.01);
    bind(slider, change, store, (kit, value) => {
      const pad = kit.pads[kit.chosen];
      pad.weights = reweigh(pad.weights, label, value).map(Math.fround);
    });
    return slider;
  });
  $("classes").parentElement.hidden = info.kinds.length < 2;
  const draw = () => store.pad.weights.forEach((weight, label) => {
    show(sliders[label], Math.round(100 * weight) / 100, `${Math.round(100 * weight)} %`);
    buttons[label].setAttribute("aria-pressed", weight > 0.995);
    buttons[label].style.setProperty("--own", colour(oneHot(label, info.classes.length)));
  });
  store.addEventListener("change", draw);
  onTheme(draw);
}

/** Puts the sound of a seed on a pad, by default of a new one; its class stays. */
export async function newSound(desk, pad, seed = Math.floor((desk.info.seeds ?? SEEDS) * Math.random())) {
  const drawn = await desk.hold(engine.draw(seed));
  if (drawn) desk.change(kit => Object.assign(kit.pads[pad], {z: drawn[0], seed}), true, pad);
}
