// More like this: variations about a sound, to hear and to take.

import * as engine from "./engine.js";
import {$, show} from "./dom.js";
import {drawWave, onTheme} from "./draw.js";
import {finish} from "./dsp.js";
import {make, rove, stopAt} from "./elements.js";
import {nearby} from "./latent.js";

const COUNT = 4;

export function addNear(desk) {
  const {info, store, player} = desk;
  const said = () => show($("radius"), Number($("radius").value), Number($("radius").value).toFixed(2));
  $("radius").oninput = said;
  said();
  rove($("tiles"));
  let tiles = [];
  const draw = () => tiles.forEach(({canvas, wave, weights}) => drawWave(canvas, wave, weights));
  onTheme(draw);

  /** Shows the chosen pad's sound and variations of it; they stay that pad's. */
  desk.vary = async () => {
    const pad = store.kit.chosen, {z, weights, seed} = store.pad, radius = Number($("radius").value);
    const some = [{z, seed}, ...Array.from({length: COUNT}, () => ({z: nearby(z, radius, info.prior), seed: null}))];
    const waves = await desk.hold(Promise.all(some.map(one => engine.sound(one.z, weights))));
    if (!waves) return;
    $("tiles").replaceChildren();
    $("near-of").textContent = `for pad ${pad + 1}; pass over to hear, click to take`;
    tiles = some.map((one, number) => {
      const tile = make("button", $("tiles"), "", "tile"), canvas = make("canvas", tile), wave = waves[number];
      Object.assign(canvas, {width: 300, height: 110});
      make("span", tile, number ? `${number}` : "before");
      tile.setAttribute("aria-label", number ? `Take variation ${number}` : "Take the sound as it was before");
      tile.onpointerenter = event => { if (event.pointerType === "mouse") player.play(finish(wave, store.kit.pads[pad])); };
      tile.onclick = () => desk.change(kit => {
        kit.chosen = pad;
        Object.assign(kit.pads[pad], {...one, weights});
      });
      return {canvas, wave, weights};
    });
    stopAt($("tiles").firstElementChild);
    draw();
  };
  $("vary").onclick = () => desk.vary();
}
