// Eight pads and sixteen steps.

import {$, bind, show} from "./dom.js";
import {colour, drawWave, onTheme} from "./draw.js";
import {make, onPress, rove, stopAt} from "./elements.js";
import {LOUD, PADS, SOFT, STEPS} from "./kit.js";
import {nameOf, newSound} from "./sound.js";

const MORE = 8;  // of a velocity, at each press of a key

export function addBeat(desk) {
  const {store, voices, player} = desk;
  const rows = Array.from({length: PADS}, (_, pad) => makeRow(desk, pad));
  const draw = () => rows.forEach((row, pad) => drawRow(desk, row, pad));
  const picture = pad => {
    if (voices.wave(pad)) drawWave(rows[pad].canvas, voices.wave(pad), store.kit.pads[pad].weights);
  };
  store.addEventListener("change", draw);
  voices.addEventListener("sound", event => picture(event.detail));
  onTheme(() => { draw(); rows.forEach((_, pad) => picture(pad)); });
  player.addEventListener("step", event => rows.forEach(({steps}) => {
    steps.forEach((button, step) => button.classList.toggle("now", step === event.detail));
  }));
  player.addEventListener("run", () => {
    $("run").textContent = player.running ? "Stop" : "Run";
    $("run").setAttribute("aria-pressed", player.running);
  });
  $("run").onclick = () => player.toggle();
  $("clear").onclick = () => store.change(kit => kit.steps.forEach(row => row.fill(0)));
  for (const [name, unit] of [["tempo", "bpm"], ["swing", "%"]]) {
    bind($(name), (edit, keep) => store.change(edit, keep), store, (kit, value) => { kit[name] = value; });
    store.addEventListener("change", () => show($(name), store.kit[name], `${store.kit[name]} ${unit}`));
  }
  let reached = null;  // what has the focus by a key, not by a click
  addEventListener("focusin", event => { reached = event.target.matches(":focus-visible") ? event.target : null; });
  addEventListener("pointerdown", () => { reached = null; }, {capture: true});
  addEventListener("keydown", event => press(desk, event, reached));
}

function makeRow(desk, pad) {
  const row = make("div", $("rows"), "", "row"), button = make("button", row, "", "pad"), canvas = make("canvas", button);
  const name = make("span", button), line = make("div", row, "", "steps");
  make("kbd", button, pad + 1);
  Object.assign(canvas, {width: 240, height: 72});
  button.setAttribute("aria-keyshortcuts", pad + 1);
  onPress(button, () => playPad(desk, pad), () => desk.player.isAwake);
  line.setAttribute("role", "group");
  line.setAttribute("aria-label", `Steps of pad ${pad + 1}`);
  const steps = Array.from({length: STEPS}, (_, step) => {
    const each = make("button", line);
    const set = value => desk.store.change(kit => { kit.steps[pad][step] = value; });
    each.onclick = () => {
      const now = desk.store.kit.steps[pad][step];
      set(!now ? LOUD : now > SOFT ? SOFT : 0);
    };
    each.onkeydown = event => {
      const change = {ArrowUp: MORE, ArrowDown: -MORE}[event.key];
      if (!change) return;
      event.preventDefault();
      set(Math.max(0, Math.min(127, desk.store.kit.steps[pad][step] + change)));
    };
    return each;
  });
  rove(line);
  stopAt(steps[0]);
  return {row, button, canvas, name, steps};
}

function drawRow({store, info}, {row, button, name, steps}, pad) {
  const {kit} = store, own = kit.pads[pad];
  name.title = name.textContent = nameOf(own, info.kinds);
  button.setAttribute("aria-label", `Pad ${pad + 1}, ${name.textContent}`);
  button.setAttribute("aria-pressed", kit.chosen === pad);
  row.classList.toggle("chosen", kit.chosen === pad);
  row.style.setProperty("--own", colour(own.weights));
  steps.forEach((each, step) => {
    const velocity = kit.steps[pad][step];
    each.style.setProperty("--level", velocity / 127);
    each.setAttribute("aria-pressed", velocity > 0);
    each.setAttribute("aria-label", `Pad ${pad + 1}, step ${step + 1}${velocity ? `, velocity ${velocity}` : ""}`);
  });
}

function playPad({store, strike}, pad) {
  strike(pad);
  if (store.kit.chosen !== pad) store.change(kit => { kit.chosen = pad; });
}

function press(desk, event, reached) {
  const typing = event.target.matches?.("input:not([type=range]), select, summary");
  if (typing || event.altKey) return;
  const pad = Number(/^(?:Digit|Numpad)([1-8])$/.exec(event.code)?.[1]) - 1;
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase(), back = key === "z" && !event.shiftKey;
    if (!back && key !== "y" && key !== "z") return;
    event.preventDefault();
    if (back) desk.store.undo(); else desk.store.redo();
  } else if (event.code === "Space") {
    if (event.target === reached && reached.matches("button")) return;  // which it presses
    event.preventDefault();
    if (!event.repeat) desk.player.toggle();
  } else if (pad >= 0 && !event.repeat) {
    event.preventDefault();
    if (!event.shiftKey) return playPad(desk, pad);
    if (desk.store.kit.chosen !== pad) desk.store.change(kit => { kit.chosen = pad; }, false);
    newSound(desk, pad);
  }
}
