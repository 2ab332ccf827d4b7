const groups = JSON.parse(document.getElementById("data").textContent);
const keyRows = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
const keys = new Map(), chosen = new Map();
const now = document.getElementById("now"), info = document.getElementById("info");
const volume = document.getElementById("volume"), level = document.getElementById("level");
const QUIET = 0.2;  // loudness to which sounds are brought
const GLIDE = 0.01, LATE = 0.02;  // s of a change of volume, and that a step may be late
let context = null, master = null;
const unpack = sound => Uint8Array.from(atob(sound.wav), c => c.charCodeAt(0));
function decode(sound) {  // a mono WAV of 16 bits or more, chunk by chunk
  if (sound.wave) return;
  const bytes = unpack(sound), view = new DataView(bytes.buffer);
  let size = 2;  // bytes of a sample; the last two of them are its upper 16 bits
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (id === "fmt ") {
      sound.rate = view.getUint32(at + 12, true);
      size = view.getUint16(at + 20, true);
    }
    if (id === "data") {
      const count = view.getUint32(at + 4, true) / size;
      sound.wave = Float32Array.from({length: count},
        (_, i) => view.getInt16(at + 6 + size * (i + 1), true) / 32767);
      return;
    }
  }
}
function gain(sound) {  // that brings the loudest 50 ms to one level; no peak is clipped
  const {wave} = sound, width = Math.min(wave.length, Math.round(sound.rate / 20));
  let sum = 0, loudest = 0, peak = 0;
  wave.forEach((value, i) => {
    sum += value * value - (i >= width ? wave[i - width] ** 2 : 0);
    loudest = Math.max(loudest, sum);
    peak = Math.max(peak, Math.abs(value));
  });
  return peak ? Math.min(QUIET / Math.sqrt(loudest / width), 1 / peak) : 1;
}
function draw(canvas, wave) {
  const pen = canvas.getContext("2d"), {width, height} = canvas;
  pen.fillStyle = getComputedStyle(document.body).color;
  pen.clearRect(0, 0, width, height);
  for (let x = 0; x < width; x++) {
    let low = 1, high = -1;
    const end = Math.min(wave.length - 1, Math.floor((x + 1) * wave.length / width));
    for (let i = Math.floor(x * wave.length / width); i <= end; i++) {
      low = Math.min(low, wave[i]);
      high = Math.max(high, wave[i]);
    }
    pen.fillRect(x, (1 - high) * height / 2, 1, Math.max(1.5, (high - low) * height / 2));
  }
}
function wake() {
  if (!context) {
    const [first] = groups.flatMap(group => group.sounds);
    decode(first);
    if (navigator.audioSession) navigator.audioSession.type = "playback";  // not silent by the switch of an iPhone
    // At another rate the browser would put lines between the samples.
    context = new AudioContext({latencyHint: "interactive", sampleRate: first.rate});
    master = new GainNode(context, {gain: loudness()});
    soften(master).connect(context.destination);
  }
  context.resume();
}
const loudness = () => (volume.value / 100) ** 2;  // as the ear hears it
function setVolume() {  // not at once, which clicks
  master?.gain.setTargetAtTime(loudness(), context.currentTime, GLIDE);
}
function start(sound, when = 0) {
  wake();
  decode(sound);
  if (!sound.buffer) {
    sound.buffer = context.createBuffer(1, sound.wave.length, sound.rate);
    sound.buffer.copyToChannel(sound.wave, 0);
    sound.gain = gain(sound);
  }
  const source = new AudioBufferSourceNode(context, {buffer: sound.buffer});
  source.connect(new GainNode(context, {gain: level.checked ? sound.gain : 1})).connect(master);
  source.start(when);
}
function play(group, sound, tile) {
  start(sound);
  chosen.get(group)?.tile?.classList.remove("chosen");
  chosen.set(group, {sound, tile});
  tile.classList.add("chosen");
  tile.classList.remove("playing");
  void tile.offsetWidth;  // starts the animation over
  tile.classList.add("playing");
  now.textContent = `${group.title}, ${sound.name}`;
  info.textContent = "";
  const link = make("a", info, "save");
  link.href = "data:audio/wav;base64," + sound.wav;
  link.download = sound.file;
  link.setAttribute("aria-label", `save ${sound.file}`);
  if (sound.z.length) make("code", info, `z = ${sound.z.join(", ")}`);
}
function addTile(group, grid, sound, key) {
  const tile = make("button", grid, "", "tile"), canvas = make("canvas", tile);
  canvas.width = 280; canvas.height = 88;
  decode(sound);
  draw(canvas, sound.wave);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(canvas, sound.wave));
  const picture = make("img", tile);
  picture.alt = ""; picture.src = "data:image/png;base64," + sound.mel;
  const caption = make("span", tile);
  make("b", caption, sound.name);
  make("i", tile);
  tile.style.setProperty("--length", sound.wave.length / sound.rate + "s");
  tile.setAttribute("aria-label", `Play ${group.title}, ${sound.name}`);
  tile.tabIndex = grid.children.length === 1 ? 0 : -1;
  onPress(tile, () => play(group, sound, tile));
  if (key) {
    make("kbd", caption, key);
    tile.setAttribute("aria-keyshortcuts", key);
    keys.set(key, tile);
  }
  if (sound.z.length && sound.z.length <= 4) make("small", tile, sound.z.map(v => v.toFixed(2)).join(" "));
  if (chosen.get(group)?.sound === sound) { chosen.set(group, {sound, tile}); tile.classList.add("chosen"); }
}
function addGroup(group, parent, keyRow) {
  const part = make(group.folded ? "details" : "div", parent);
  const title = make(group.folded ? "summary" : parent.tagName === "SECTION" ? "h3" : "h2", part, `${group.title} (${group.sounds.length})`);
  const grid = make("div", part, "", "grid");
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", group.title);
  rove(grid);
  const fill = () => {
    if (!grid.children.length) group.sounds.forEach((sound, column) => addTile(group, grid, sound, keyRow[column]));
  };
  if (group.folded) part.addEventListener("toggle", fill); else fill();
}
const main = document.querySelector("main");
let section = main, rowsWithKeys = 0;
groups.forEach(group => {
  if (group.section && section.dataset.name !== group.section) {
    section = make("section", main);
    section.dataset.name = group.section;
    section.id = `sounds-${main.children.length}`;
    make("h2", section, group.section);
  }
  if (group.beat && group.sounds.length) chosen.set(group, {sound: group.sounds[0]});
  addGroup(group, group.section ? section : main, group.folded ? "" : keyRows[rowsWithKeys++] || "");
});
const beat = document.getElementById("beat"), tempo = document.getElementById("tempo");
tempo.oninput = () => { document.getElementById("bpm").textContent = `${tempo.value} bpm`; };
tempo.oninput();
const pressed = button => button.getAttribute("aria-pressed") === "true";
const presets = [
  [/kick|bass ?drum/i, "x.....x.x.x....."], [/snare/i, "....x.......x..."],
  [/hat|cymbal/i, "x.x.x.x.x.x.x.xx"], [/clap/i, "...............x"],
];
function rowsOfPresets(rows) {  // the first that is such a drum by its name, or the first that is none of these
  const drums = rows.map(({section, title}) => presets.findIndex(([name]) => name.test(`${section} ${title}`)));
  const others = [...drums.keys()].filter(row => drums[row] < 0);
  return presets.map((_, drum) => drums.includes(drum) ? drums.indexOf(drum) : others.shift());
}
const rows = groups.filter(group => group.beat && group.sounds.length), places = rowsOfPresets(rows);
const beats = rows.map((group, row) => {
  make("b", beat, group.title);
  const line = make("div", beat, "", "steps");
  line.setAttribute("role", "group");
  line.setAttribute("aria-label", `Steps of ${group.title}`);
  const steps = [...(presets[places.indexOf(row)]?.[1] ?? ".".repeat(16))].map((mark, step) => {
    const button = make("button", line);
    button.tabIndex = step ? -1 : 0;
    button.setAttribute("aria-pressed", mark === "x");
    button.setAttribute("aria-label", `${group.title} on step ${step + 1}`);
    button.onclick = () => button.setAttribute("aria-pressed", !pressed(button));
    return button;
  });
  rove(line);
  return {group, steps};
});
if (!beats.length) document.getElementById("beats").remove();
let timer = 0, step = 0, next = 0;
function ahead() {  // sounds are started on the audio clock, a little early
  while (next < context.currentTime + 0.15) {
    const missed = next < context.currentTime - LATE;  // by a page that slept
    for (const {group, steps} of beats) {
      steps.forEach((button, i) => button.classList.toggle("now", i === step));
      if (pressed(steps[step]) && !missed) start(chosen.get(group).sound, next);
    }
    next += 15 / tempo.value;
    step = (step + 1) % 16;
  }
}
function toggle() {
  wake();
  if (timer) { clearInterval(timer); timer = 0; } else {
    step = 0; next = context.currentTime + 0.05;
    timer = setInterval(ahead, 30);
  }
  document.getElementById("play").textContent = timer ? "Stop" : "Play";
}
function pathOf(group, sound) {  // real sounds apart, and those of each section and group
  const folders = [sound.z.length ? "" : "real", group.section, group.title].filter(Boolean);
  return [...folders.map(name => name.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, "_")), sound.file].join("/");
}
function saveAll() {
  const taken = new Set();  // in small letters: many systems do not tell them from others
  const files = groups.flatMap(group => group.sounds.map(sound => {
    const path = pathOf(group, sound);
    let name = path;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = path.replace(/(?=\.[^.]*$)/, `_${number}`);
    taken.add(name.toLowerCase());
    return [name, unpack(sound)];
  }));
  save("sounds.zip", zip(files));
}
if (beats.length) document.getElementById("play").onclick = toggle;
volume.oninput = setVolume;
document.getElementById("all").onclick = saveAll;
addEventListener("keydown", event => {
  const typing = event.target.matches?.("input:not([type=range], [type=checkbox]), select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing) return;
  keys.get(event.key.toLowerCase())?.click();
});
