// Small help with elements.

export const $ = id => document.getElementById(id);

export function make(tag, parent, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  parent.append(element);
  return element;
}

/** A labelled slider with what it says beside it. */
export function makeSlider(parent, text, low, high, step) {
  const label = make("label", parent, `${text} `), slider = make("input", label);
  Object.assign(slider, {type: "range", min: low, max: high, step});
  make("output", label);
  return slider;
}

export function show(slider, value, text) {
  if (Number(slider.value) !== value) slider.value = value;
  const output = slider.parentElement.querySelector("output");
  if (output) output.textContent = text;
  slider.setAttribute("aria-valuetext", text);
}

/** Has a slider edit the kit: one step of undo from touching it to leaving it. */
export function bind(slider, change, store, edit) {
  slider.addEventListener("input", () => change(kit => edit(kit, Number(slider.value)), false));
  slider.addEventListener("change", () => store.keep());
}

/** One tab stop for a row of buttons; left and right move along it. */
export function rove(row) {
  const focus = button => {
    for (const other of row.children) other.tabIndex = -1;
    button.tabIndex = 0;
  };
  focus(row.children[0]);
  row.addEventListener("focusin", event => { if (event.target !== row) focus(event.target.closest("button")); });
  row.addEventListener("keydown", event => {
    const all = [...row.children], at = all.indexOf(document.activeElement);
    const move = {ArrowRight: 1, ArrowLeft: -1, Home: -at, End: all.length - 1 - at}[event.key];
    if (move === undefined || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + move))].focus();
  });
}
