"""The scripts of the page alone, in Node.js: what needs no browser.

Skipped where Node.js is not installed.
"""

import json
import shutil
import subprocess

import numpy as np
import pytest

from experiments.explore.app import page_files

NODE = shutil.which("node")
RATE = 44100
# Audio that is only written down: what a player asks for, and when.
AUDIO = """
const {Player} = await import("./player.js"), log = {starts: [], glides: []};
globalThis.now = 0;
globalThis.AudioContext = class {
  constructor(options) { log.options = options; }
  get currentTime() { return now; }
  resume() {}
  createBuffer() { return {copyToChannel() {}}; }
};
class Node {
  constructor(context, options) {
    this.gain = {setTargetAtTime: (value, when, seconds) =>
      log.glides.push([value, when, seconds])};
  }
  connect(next) { return next; }
  start(when) { log.starts.push([now, when]); }
}
globalThis.GainNode = globalThis.AudioBufferSourceNode = Node;
globalThis.WaveShaperNode = Node;
const setActive = hasBeenActive =>
  Object.defineProperty(globalThis, "navigator",
    {value: {userActivation: {hasBeenActive}}, configurable: true});
setActive(true);
const voices = {wave: () => new Float32Array(9)};
"""

# A beat that runs, a sound on every step; ``plan`` is what its clock calls.
BEAT = (
    AUDIO
    + """
let plan;
globalThis.setInterval = call => { plan = call; return 1; };
globalThis.setTimeout = () => {};
const kit = {tempo: 150, swing: 50, steps: [Array(16).fill(127)], pads: []};
new Player({kit}, voices, 44100).toggle();
"""
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A function: returns what a script beside those of the page returns."""
    if not NODE:
        pytest.skip("needs node")
    folder = tmp_path_factory.mktemp("scripts")
    for name, content in page_files().items():
        (folder / name).write_bytes(content)
    (folder / "package.json").write_text('{"type": "module"}')

    def run(script, given=None):
        (folder / "test.js").write_text(
            f"const given = {json.dumps(given)};"
            f"const answer = await (async () => {{ {script} }})();"
            "console.log(JSON.stringify(answer));"
        )
        done = subprocess.run(
            [NODE, "test.js"], cwd=folder, capture_output=True, text=True
        )
        assert not done.returncode, done.stderr
        return json.loads(done.stdout)

    return run


def tone(hz, length=8192):
    return np.sin(2 * np.pi * hz * np.arange(length) / RATE)


def levels(wave):
    """Decibels at each Hz of a sound's middle; a sine of peak 1 has 0."""
    window = np.blackman(len(wave))
    heights = np.abs(np.fft.rfft(wave * window, RATE)) / window.sum() * 2
    return 20 * np.log10(heights + 1e-12)


def around(hz):
    """The frequencies that belong to a tone."""
    return np.abs(np.arange(RATE // 2 + 1) - hz) < 100


def finished(ask, sounds):
    """Returns (wave, pitch) of each as arrays at that pitch."""
    made = ask(
        'const {finish} = await import("./dsp.js");'
        "return given.map(([wave, pitch]) =>"
        "  [...finish(Float32Array.from(wave), {pitch, fade: 0, gain: 0})]);",
        [(wave.tolist(), pitch) for wave, pitch in sounds],
    )
    return list(map(np.array, made))


def test_another_pitch_folds_nothing_back_and_leaves_no_images(ask):
    high, up, down, fifth = finished(
        ask,
        [
            (0.9 * tone(hz), pitch)
            for hz, pitch in ((15000, 12), (5000, 12), (15000, -12), (5000, -7))
        ],
    )
    assert list(map(len, (high, up, down))) == [4096, 4096, 16384]
    assert levels(high[100:-100]).max() < -60
    for wave, hz in ((up, 10000), (down, 7500), (fifth, 5000 * 2 ** (-7 / 12))):
        found = levels(wave[100:-100])
        wanted = 20 * np.log10(0.9)
        assert found[around(hz)].max() == pytest.approx(wanted, abs=0.5)
        assert found[~around(hz)].max() < -60


def test_another_pitch_begins_where_the_sound_begins(ask):
    wave = np.cos(2 * np.pi * 200 * np.arange(4096) / RATE) * 0.9
    pitches = (12, -12, 0.5)
    all_made = finished(ask, [(wave, pitch) for pitch in pitches])
    for pitch, made in zip(pitches, all_made, strict=True):
        places = np.arange(len(made)) * 2 ** (pitch / 12)
        expected = np.interp(places, np.arange(len(wave)), wave)
        np.testing.assert_allclose(made[:99], expected[:99], atol=0.01)


def test_sounds_are_played_at_their_own_rate(ask):
    assert ask(
        AUDIO + "const player = new Player({}, voices, 32000);"
        "player.play(new Float32Array(9)); return log.options;"
    ) == {"latencyHint": "interactive", "sampleRate": 32000}


def test_a_page_that_slept_goes_on_without_what_it_missed(ask):
    """Which would all be heard at once."""
    starts = ask(
        BEAT + "for (const time of [0, 1.1, 1.15, 99, 99.05]) {"
        "  now = time; plan();"
        "}"
        "return log.starts;"
    )
    nows, whens = np.array(starts).T
    assert (whens >= nows - 0.02 - 1e-9).all() and nows.max() > 99
    # The grid stays: a step is 0.1 s, and the first was at 0.06 s.
    places = (whens - 0.06) / 0.1
    np.testing.assert_allclose(places, places.round(), atol=1e-6)


def test_a_change_of_tempo_keeps_the_beat(ask):
    starts = ask(
        BEAT + "const changes = {0: 60, 4: 180, 12: 60, 16: 180};"
        "for (; log.starts.length < 20; now += 0.025) {"
        "  kit.tempo = changes[log.starts.length] ?? kit.tempo; plan();"
        "}"
        "return log.starts;"
    )
    steps = np.diff(np.array(starts)[:, 1])
    away = np.abs(np.subtract.outer(steps, [1 / 4, 1 / 12])).min(axis=1)
    assert away.max() < 1e-6
    assert len(steps) == 19 and np.ptp(steps) > 0.1


def test_the_volume_glides(ask):
    value, when, seconds = ask(
        AUDIO + "const player = new Player({}, voices, 44100);"
        "player.play(new Float32Array(9)); now = 3;"
        "player.volume = 0.5; return log.glides[0];"
    )
    assert (value, when) == (0.25, 3) and 0.005 < seconds < 0.05


def test_sounds_that_are_held_back_are_told_of_once(ask):
    assert ask(
        AUDIO + "setActive(false);"
        "const player = new Player({}, voices, 44100); let told = 0;"
        "player.addEventListener('held', () => told++);"
        "player.play(null); const before = told;"
        "player.play(new Float32Array(9)); player.play(new Float32Array(9));"
        "return [before, told, log.starts.length];"
    ) == [0, 1, 0]


def first_beats(ask, models):
    """Returns {class: its steps, "x" and "."} of models' (kinds, keys)."""
    kits = ask(
        'const {firstKit} = await import("./kit.js");'
        "const drawn = Array(8).fill([0]);"
        "return given.map(([kinds, keys]) =>"
        "  firstKit({kinds, classes: kinds, keys}, drawn));",
        models,
    )
    return [
        rows_of(kit, kinds)
        for kit, (kinds, _) in zip(kits, models, strict=True)
    ]


def rows_of(kit, kinds):
    rows = {}
    for pad, steps in zip(kit["pads"], kit["steps"], strict=True):
        text = "".join(".x"[step > 0] for step in steps)
        rows.setdefault(kinds[pad["weights"].index(1)], []).append(text)
    return {name: max(texts) for name, texts in rows.items()}


KICK, SNARE, HAT, CLAP, REST = (
    "x...x..x..x.x...",
    "....x.......x..x",
    "x.x.x.x.x.x.x.xx",
    "............x...",
    "................",
)


def test_the_first_beat_is_of_the_drums_and_not_of_the_order(ask):
    drums = {"clap": 39, "closed hat": 42, "kick": 36, "open hat": 46}
    many = [f"{number:02}" for number in range(38)] + ["kick", "snare"]
    some, unknown, without, first = first_beats(
        ask,
        [
            (list(drums), [[key, 60] for key in drums.values()]),
            (["a", "b", "c"], [[60], [60], [60]]),
            (["a", "b", "c"], None),
            (many, [[60]] * 38 + [[36], [38]]),
        ],
    )
    assert some == {
        "clap": CLAP,
        "closed hat": HAT,
        "kick": KICK,
        "open hat": REST,
    }
    assert unknown == without == {"a": KICK, "b": SNARE, "c": HAT}
    # The drums of the beat are on the pads, however many classes there are.
    assert len(first) == 8
    assert (first["kick"], first["snare"]) == (KICK, SNARE)


def test_a_kit_has_whole_velocities(ask):
    """One below 1 would be a note-on of velocity 0, which is a note-off."""
    said = ask(
        'const {firstKit, isKit} = await import("./kit.js");'
        'const info = {kinds: ["a"], classes: ["a"], latent_dim: 1};'
        "const kit = firstKit(info, Array(8).fill([0]));"
        "const was = isKit(kit, info);"
        "kit.steps[0][3] = 0.4; return [was, isKit(kit, info)];"
    )
    assert said == [True, False]


def test_names_of_files_keep_the_letters_of_all_scripts(ask):
    names = ["日本", "Große Trommel", "डफ", "a/b:c", "kick-2_x"]
    assert ask(
        'const {plainName} = await import("./formats.js");'
        "return given.map(plainName);",
        names,
    ) == ["日本", "Große_Trommel", "डफ", "a_b_c", "kick-2_x"]


HATS = """
const keys = [[46, 60], [36, 35, 60], [42, 46, 49, 60]];
const pads = [0, 1, 2].map(label =>
  ({weights: [0, 1, 2].map(i => Number(i === label))}));
"""


def test_a_hat_cuts_off_the_hat_before_it(ask):
    """By hand as well, while later ones are planned; a cymbal is no hat."""
    cuts = ask(
        AUDIO + HATS + "const player ="
        "  new Player({kit: {pads}}, voices, 44100, keys);"
        "player.strike(0); player.strike(1); player.strike(2);"
        "player.strike(0, 0.5); now = 0.2; player.strike(0);"
        "return log.glides.map(([value, when]) => [value, when]);"
    )
    # The first one at 0.5 s, and by hand at 0.2 s; that one at 0.5 s.
    assert cuts == [[0, 0.5], [0, 0.2], [0, 0.5]]


def test_the_loop_has_hats_cut_off_as_they_are_heard(ask):
    bar = ask(
        HATS + 'const {loop} = await import("./formats.js");'
        "const steps = pads.map(() => Array(16).fill(0));"
        "steps[0][0] = steps[0][4] = steps[1][0] = 127;"
        "const wave = new Float32Array(32000).fill(0.1);"
        "const waves = [wave, wave, wave];"
        "const kit = {pads, steps, tempo: 120, swing: 50};"
        "return [...loop(kit, waves, 8000, keys)];"
    )
    # Hats at 0 s and 0.5 s; the kick rings two bars of 2 s.
    assert [bar[at] for at in (3900, 4400, 15900)] == (
        pytest.approx([0.3] * 3, abs=1e-4)
    )
    assert bar[10] > 0.3  # not all at once
