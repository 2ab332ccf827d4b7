// What pages do with elements: make them, play by them, go along them, save by them.

export function make(tag, parent, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  parent.append(element);
  return element;
}

/**
 * Has a button act when it is pressed, not when it is let go: a drum.
 *
 * By a key or a screen reader it acts when it is clicked; and by a touch unless ``isAwake`` says that something would be
 * heard, as browsers let no sound begin before a touch has ended. By default a touch may be about to scroll.
 */
export function onPress(button, act, isAwake = () => false) {
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

/** Has the arrow keys move the focus, and the tab stop, along a row of buttons and its lines; once for a row, whatever buttons come. */
export function rove(row) {
  row.addEventListener("focusin", event => { if (event.target !== row) stopAt(event.target.closest("button")); });
  row.addEventListener("keydown", event => {
    const all = [...row.children], at = all.indexOf(document.activeElement);
    if (at < 0 || event.defaultPrevented) return;
    const line = all.filter(button => button.offsetTop === all[0].offsetTop).length;
    const below = line < all.length ? {ArrowDown: line, ArrowUp: -line} : {};
    const move = {ArrowRight: 1, ArrowLeft: -1, Home: -at, End: all.length - 1 - at, ...below}[event.key];
    if (move === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, at + move))].focus();
  });
}

/** Has the browser save a file; ``content`` is a Blob, or bytes. */
export function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
