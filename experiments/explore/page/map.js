// The map: sounds that are alike lie close together.

import * as engine from "./engine.js";
import {$} from "./dom.js";
import {colour, drawRing, onTheme} from "./draw.js";
import {finish} from "./dsp.js";
import {make} from "./elements.js";
import {oneHot} from "./latent.js";

const REACH = 0.05;  // of the map, within which a sound is meant
const MARGIN = 0.03;

export async function addMap(desk) {
  const {info, store, player} = desk, canvas = $("map"), pen = canvas.getContext("2d"), heard = new Map();
  const points = await engine.places();
  let at = -1;
  const spread = value => MARGIN + (1 - 2 * MARGIN) * value;
  for (const point of points) Object.assign(point, {x: spread(point.x), y: spread(point.y)});
  $("map-note").textContent = points.length ? `${points.length} sounds; pass over to hear, click to take` : "all sounds are alike: there is no map";

  const draw = () => {
    const {width, height} = canvas;
    pen.clearRect(0, 0, width, height);
    pen.globalAlpha = 0.85;
    for (const {x, y, label} of points) {
      pen.beginPath();
      pen.arc(x * width, y * height, 7, 0, 7);
      pen.fillStyle = colour(oneHot(label, info.classes.length));
      pen.fill();
    }
    pen.globalAlpha = 1;
    if (at >= 0) drawRing(pen, points[at].x * width, points[at].y * height, 13, colour(oneHot(points[at].label, info.classes.length)));
    $("legend").replaceChildren();
    info.kinds.forEach((name, label) => {
      make("span", $("legend"), name).style.setProperty("--own", colour(oneHot(label, info.classes.length)));
    });
  };

  const hear = async number => {
    if (number === at || number < 0) return;
    at = number;
    draw();
    const {z, label} = points[number];
    if (!heard.has(number)) heard.set(number, engine.sound(z, oneHot(label, info.classes.length)));
    try {
      const wave = await heard.get(number);
      if (number === at) player.play(finish(wave, store.pad));
    } catch (error) {
      heard.delete(number);
      desk.say(error.message);
    }
  };
  const take = () => {
    if (at < 0) return;
    const {z, label} = points[at];
    desk.change(kit => Object.assign(kit.pads[kit.chosen], {z, weights: oneHot(label, info.classes.length), seed: null}));
  };
  const nearest = (far, within = Infinity) => {
    let found = -1;
    points.forEach((point, number) => {
      const away = far(point);
      if (away < within) [found, within] = [number, away];
    });
    return found;
  };
  const under = event => {
    const box = canvas.getBoundingClientRect(), x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    return nearest(point => Math.hypot(point.x - x, point.y - y), REACH);
  };
  canvas.addEventListener("pointermove", event => hear(under(event)));
  canvas.addEventListener("click", event => { hear(under(event)); take(); });
  canvas.addEventListener("keydown", event => {
    const way = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (event.key === "Enter") take();
    if (!way) return;
    event.preventDefault();
    const from = points[Math.max(0, at)];
    const next = nearest(({x, y}) => {  // ahead of here, and not far aside
      const [dx, dy] = [x - from.x, y - from.y], ahead = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      return ahead > 1e-6 && aside <= ahead ? ahead + 2 * aside : Infinity;
    });
    if (next < 0) return;
    hear(next);
    $("map-said").textContent = `${info.kinds[points[next].label]}, sound ${next + 1} of ${points.length}`;
  });
  draw();
  onTheme(draw);
}
