// Small help with elements of this page alone.

import {make} from "./elements.js";

export const $ = id => document.getElementById(id);

/** A labelled slider with what it says beside it. */
export function makeSlider(parent, text, low, high, step) {
  const label = make("label", parent), name = make("span", label, text), slider = make("input", label);
  name.title = text;  // of which a long one is cut off
  Object.assign(slider, {type: "range", min: low, max: high, step});
  make("output", label).setAttribute("aria-live", "off");  // the slider says it
  return slider;
}

export function show(slider, value, text) {
  if (Number(slider.value) !== value) slider.value = value;
  if (slider.getAttribute("aria-valuetext") === text) return;
  slider.setAttribute("aria-valuetext", text);
  const output = slider.parentElement.querySelector("output");
  if (output) output.textContent = text;
}

/** Has a slider edit the kit: one step of undo from touching it to leaving it. */
export function bind(slider, change, store, edit) {
  slider.addEventListener("input", () => change(kit => edit(kit, Number(slider.value)), false));
  slider.addEventListener("change", () => store.keep());
}
