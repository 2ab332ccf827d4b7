// Moving along the three directions that change a sound most.

import * as engine from "./engine.js";
import {$, bind, makeSlider, show} from "./dom.js";
import {brightness} from "./dsp.js";
import {drawField, drawRing, colour, onTheme} from "./draw.js";
import {amounts, steer} from "./latent.js";

const CELLS = 7, REST = 300;  // of the ground each way; ms without a move before it is made

export function addSpace(desk) {
  const {info, store} = desk, canvas = $("xy"), pen = canvas.getContext("2d");
  const limit = info.prior === "uniform" ? 1.6 : 3;
  const [across, upwards] = info.directions;
  let ground = null;

  const edit = (kit, number, value) => {
    const pad = kit.pads[kit.chosen];
    Object.assign(pad, {z: steer(pad.z, info.directions[number], value), seed: null});
  };
  const names = ["Across", "Upwards", "Depth"];
  const sliders = info.directions.map((_, number) => {
    const slider = makeSlider($("knobs"), names[number], -limit, limit, 0.01);
    bind(slider, desk.change, store, (kit, value) => edit(kit, number, value));
    return slider;
  });

  const draw = () => {
    const {width, height} = canvas, where = amounts(store.pad.z, info.directions);
    pen.clearRect(0, 0, width, height);
    if (ground) drawField(canvas, ground.field, ground.weights);
    pen.strokeStyle = "#8884";
    pen.lineWidth = 2;
    pen.strokeRect(width / 2, -9, 0, height + 18);
    pen.strokeRect(-9, height / 2, width + 18, 0);
    const place = (value, size) => size * Math.max(0.02, Math.min(0.98, (value / limit + 1) / 2));
    drawRing(pen, place(where[0], width), height - place(where[1] ?? 0, height), 17, colour(store.pad.weights));
    sliders.forEach((slider, number) => show(slider, where[number], where[number].toFixed(2)));
  };

  const move = event => {
    const box = canvas.getBoundingClientRect();
    const value = part => limit * Math.max(-1, Math.min(1, 2 * part - 1));
    desk.change(kit => {
      edit(kit, 0, value((event.clientX - box.left) / box.width));
      if (upwards) edit(kit, 1, value(1 - (event.clientY - box.top) / box.height));
    }, false);
  };
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    move(event);
  });
  canvas.addEventListener("pointermove", event => { if (canvas.hasPointerCapture(event.pointerId)) move(event); });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => store.keep());

  // The ground: how bright the sounds about are, with what is not steered as it is.
  const centre = () => {
    const z = steer(store.pad.z, across, 0);
    return upwards ? steer(z, upwards, 0) : z;
  };
  const keyOf = (z, weights) => JSON.stringify([z.map(value => value.toFixed(2)), weights]);
  let timer = 0;
  const survey = async () => {
    const middle = centre(), {weights} = store.pad, key = keyOf(middle, weights);
    if (key === ground?.key) return;
    const line = Array.from({length: CELLS}, (_, i) => limit * (2 * i / (CELLS - 1) - 1));
    const values = [];
    // Row by row: what is asked meanwhile waits for one of them, and after a move for none.
    for (const y of line.toReversed()) {
      const row = await desk.hold(Promise.all(line.map(x => {
        const z = steer(middle, across, x);
        return engine.sound(upwards ? steer(z, upwards, y) : z, weights);
      })));
      if (!row || key !== keyOf(centre(), store.pad.weights)) return;
      values.push(...row.map(wave => brightness(wave, info.sample_rate)));
    }
    const low = Math.min(...values), range = Math.max(0.05, Math.max(...values) - low);
    const field = line.map((_, row) => values.slice(row * CELLS, (row + 1) * CELLS).map(value => (value - low) / range));
    ground = {key, field, weights};
    draw();
  };
  store.addEventListener("change", () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(survey, REST);
  });
  onTheme(draw);
}
