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

/**
 * Has a button act when it is pressed, not when it is let go: a drum.
 *
 * By a key or a screen reader it acts when it is clicked; and by a touch as long as ``isAwake`` says that nothing would be
 * heard, as browsers let no sound begin before a touch has ended.
 */
export function onPress(button, act, isAwake) {
  let done = false;  // by the press that a click ends
  button.addEventListener("pointerdown", event => {
    done = event.button === 0 && (event.pointerType === "mouse" || isAwake());
    if (done) act();
  });
  button.addEventListener("click", event => {
    if (!done || !event.detail) act();
    done = false;
  });
}

/** Makes one button of a row its tab stop. */
export function stopAt(button) {
  for (const each of button.parentElement.children) each.tabIndex = each === button ? 0 : -1;
}

/** Has left and right move the focus, and the tab stop, along a row of buttons; once for a row, whatever buttons come. */
export function rove(row) {
  row.addEventListener("focusin", event => { if (event.target !== row) stopAt(event.target.closest("button")); });
  row.addEventListener("keydown", event => {
    const all = [...row.children], at = all.indexOf(document.activeElement);
    const move = {ArrowRight: 1, ArrowLeft: -1, Home: -at, End: all.length - 1 - at}[event.key];
    if (move === undefined || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + move))].focus();
  });
}
