"""The page in a real browser: drags, plays, saves, finds, survives.

Skipped where Chromium and its driver are not installed.
"""

import json
import time
import urllib.parse
import zipfile

import mido
import numpy as np
import pytest
import soundfile
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from experiments.explore.app import make_app, page_files
from tests.experiments.explore.conftest import Served
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import latents, steering
from wavegan_cond.synthesis.wav import wav_bytes

# What a test asks of the page has ``desk``, all parts of it.
ASK = """
const desk = await (await import("/main.js")).desk;
const $ = id => document.getElementById(id);
%s"""


class Page:
    """The page of the instrument, as a person has it before them."""

    def __init__(self, browser, served):
        self.tab, self.browser, self.served = browser, browser.driver, served
        self.wait = browser.wait
        self.open()

    def open(self, tail=""):
        self.tab.open(self.served.url + tail)

    def ask(self, script, given=None):
        return self.tab.ask(ASK % script, given)

    def kit(self):
        return self.ask("return desk.store.kit;")

    def element(self, name):
        found = self.browser.find_element("id", name)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center'})", found
        )
        return found

    def click(self, name):
        self.element(name).click()

    def keys(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def settle(self):
        """Waits until every pad sounds as the kit says."""
        self.ask("await desk.voices.refresh();")

    def leave_seed(self, seed):
        """Waits until the chosen pad has another seed."""
        self.ask(
            "while (desk.store.pad.seed === given)"
            "  await new Promise(resolve => setTimeout(resolve, 20));",
            seed,
        )

    def count_plays(self):
        self.ask(
            "globalThis.plays = 0;"
            "desk.player.addEventListener('play', () => globalThis.plays++);"
        )

    def plays(self):
        return self.ask("return globalThis.plays;")

    def reads(self, name, text):
        """Waits until an element has such a text."""
        self.wait(
            f"return document.getElementById('{name}').textContent"
            f".includes('{text}')"
        )


@pytest.fixture
def page(browser, served):
    page = Page(browser, served)
    yield page
    severe = [
        line["message"]
        for line in browser.complaints()
        if line["level"] == "SEVERE"
        and "Failed to load" not in line["message"]
        and "ERR_CONNECTION_REFUSED" not in line["message"]
    ]
    assert not severe


def test_it_opens_ready_to_play_and_asks_nobody_else(page, model):
    kit = page.kit()
    assert len(kit["pads"]) == 8 and any(map(any, kit["steps"]))
    waves = page.ask(
        "return desk.store.kit.pads"
        ".map((_, pad) => [...desk.voices.wave(pad)]);"
    )
    z = latents.draw(model.info, 0, 8)
    weights = [pad["weights"] for pad in kit["pads"]]
    assert np.argmax(weights, axis=1).tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    np.testing.assert_allclose(waves, model.mix(z, weights), atol=1e-5)
    asked = page.browser.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name)"
    )
    assert asked and all(name.startswith(page.served.url) for name in asked)


def test_a_drag_moves_along_the_directions_and_is_heard(page, model):
    page.count_plays()
    before = np.array(page.kit()["pads"][0]["z"])
    pad = page.element("xy")
    size = pad.size["width"]
    ActionChains(page.browser).move_to_element(
        pad
    ).click_and_hold().move_by_offset(
        int(size / 6), int(-size / 3)
    ).release().perform()
    page.settle()
    after = page.kit()["pads"][0]
    amounts = np.array(after["z"]) @ np.array(model.info.directions).T
    third = before @ model.info.directions[2]
    np.testing.assert_allclose(amounts, [1, 2, third], atol=0.05)
    expected = steering.steer(
        np.float32(before[None]), model.info.directions, amounts
    )
    np.testing.assert_allclose(after["z"], expected[0], atol=1e-4)
    page.wait("return globalThis.plays > 0")
    # One drag is one step of undo.
    page.click("undo")
    assert page.kit()["pads"][0]["z"] == before.tolist()
    page.click("redo")
    assert page.kit()["pads"][0]["z"] == after["z"]


def test_a_seed_that_is_typed_is_the_sound_of_generate(page, model):
    field = page.element("seed")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("7", Keys.ENTER)
    page.leave_seed(0)
    assert np.float32(page.kit()["pads"][0]["z"]).tolist() == (
        latents.draw(model.info, 7, 1)[0].tolist()
    )
    page.click("random")
    page.leave_seed(7)
    seed = int(page.element("seed").get_attribute("value"))
    assert page.kit()["pads"][0]["z"] == pytest.approx(
        latents.draw(model.info, seed, 1)[0].tolist()
    )


def test_classes_are_chosen_and_mixed(page):
    page.browser.find_elements("css selector", "#classes button")[2].click()
    assert page.kit()["pads"][0]["weights"] == [0, 0, 1]
    page.ask(
        "const slider = document.querySelectorAll('#mix input')[0];"
        "slider.value = 0.25; slider.dispatchEvent(new Event('input'));"
        "slider.dispatchEvent(new Event('change'));"
    )
    assert page.kit()["pads"][0]["weights"] == [0.25, 0, 0.75]
    title = page.element("sound-title").text
    assert "cymbal 75 %" in title and "kick 25 %" in title


def test_a_class_that_is_there_is_heard_when_it_is_chosen(page):
    """And not when something is undone after it, which plays nothing."""
    page.ask("desk.store.change(kit => { kit.pads[0].seed = null; });")
    page.count_plays()
    page.browser.find_elements("css selector", "#classes button")[0].click()
    page.wait("return globalThis.plays === 1")
    page.click("undo")
    page.ask("await new Promise(resolve => setTimeout(resolve, 200));")
    assert page.ask("return globalThis.plays;") == 1


def test_many_classes_leave_room_for_the_rest(page):
    height = page.ask(
        "const row = $('classes'), one = row.firstElementChild;"
        "for (let i = 0; i < 37; i++) row.append(one.cloneNode(true));"
        "return row.getBoundingClientRect().height;"
    )
    assert 90 < height < 200


def test_a_long_class_name_is_cut_off_and_told(page):
    names = page.ask("return desk.info.kinds;")
    found = page.ask(
        "const parts = [$('classes').firstElementChild,"
        "  $('mix').firstElementChild.querySelector('span')];"
        "return parts.map(part => {"
        "  const {title} = part, text = part.querySelector('span') ?? part;"
        "  text.textContent = 'x'.repeat(70);"
        "  const box = part.getBoundingClientRect();"
        "  const around = part.parentElement.getBoundingClientRect();"
        "  return [title, box.right - around.right, box.height];"
        "});"
    )
    for title, beyond, height in found:
        assert title == names[0] and beyond <= 0 and height < 60


def test_steps_keep_their_colours_where_contrast_is_forced(page):
    colours = (
        "return [...document.querySelectorAll('.steps button')].map(step =>"
        "  ['', '::before'].map(part =>"
        "    getComputedStyle(step, part).backgroundColor).join());"
    )
    before = page.ask(colours)
    with page.tab.forced_colours():
        assert page.ask(
            "return [matchMedia('(forced-colors: active)').matches,"
            "  getComputedStyle($('clear')).backgroundColor"
            "    !== getComputedStyle($('run')).backgroundColor];"
        ) == [True, False]
        after = page.ask(colours)
    assert after == before and len(set(after)) > 2


def test_it_is_played_by_keys(page):
    page.count_plays()
    page.keys("4")
    page.wait("return globalThis.plays === 1")
    assert page.kit()["chosen"] == 3
    before = page.kit()["pads"]
    ActionChains(page.browser).key_down(Keys.SHIFT).send_keys("5").key_up(
        Keys.SHIFT
    ).perform()
    page.leave_seed(4)
    after = page.kit()
    assert after["chosen"] == 4
    assert after["pads"][4]["z"] != before[4]["z"]
    assert after["pads"][4]["weights"] == before[4]["weights"]
    assert after["pads"][:4] + after["pads"][5:] == before[:4] + before[5:]
    page.keys(" ")
    page.wait("return globalThis.plays > 6")
    page.keys(" ")
    assert page.element("run").text == "Run"


def test_a_pad_sounds_when_it_is_pressed(page):
    """And once, though a click comes when it is let go."""
    page.count_plays()
    pad = page.browser.find_elements("css selector", ".pad")[2]
    mouse = ActionChains(page.browser)
    mouse.click_and_hold(pad).perform()
    page.wait("return globalThis.plays === 1")
    mouse.reset_actions()
    mouse.release().send_keys(Keys.ENTER).perform()
    assert page.plays() == 2 and page.kit()["chosen"] == 2


@pytest.fixture
def touched(page):
    with page.tab.as_phone():
        page.open()
        yield page


def test_the_first_touch_plays_a_pad_too(touched):
    """A browser lets no sound begin before a touch has ended."""
    touched.count_plays()
    pads = touched.browser.find_elements("css selector", ".pad")
    touched.element("beat")
    for number, (when_put, when_taken) in enumerate([(0, 1), (2, 2)]):
        touched.tab.touch(pads[number])
        assert touched.plays() == when_put
        touched.tab.let_go()
        touched.wait(f"return globalThis.plays === {when_taken}")
    touched.ask("await new Promise(resolve => setTimeout(resolve, 400));")
    assert touched.plays() == 2
    assert not touched.element("notice").is_displayed()


def test_any_key_wakes_the_sound_that_a_silent_switch_leaves_on(page):
    with page.tab.as_safari():
        page.open()
    assert not page.ask("return desk.player.isAwake;")
    page.keys("x")
    page.ask(
        "while (!desk.player.isAwake)"
        "  await new Promise(resolve => setTimeout(resolve, 10));"
    )
    assert page.ask("return globalThis.sessionThen;") == "playback"


def test_space_presses_a_button_that_was_gone_to_by_keys(page):
    page.browser.execute_script("document.getElementById('play').focus();")
    page.keys(Keys.TAB)
    seed = page.kit()["pads"][0]["seed"]
    page.keys(" ")
    page.leave_seed(seed)
    assert page.element("run").text == "Run"
    page.click("random")  # and goes on with the beat after a click
    page.keys(Keys.ESCAPE, " ")
    assert page.element("run").text == "Stop"
    page.keys(" ")
    assert page.element("run").text == "Run"


def test_only_the_slider_that_is_moved_is_read_out(page):
    assert page.ask(
        "const outputs = [...document.querySelectorAll('output')];"
        "return outputs.length > 9"
        "  && outputs.every(each => each.ariaLive === 'off');"
    )
    assert (
        page.ask(
            "const seen = new MutationObserver(() => {});"
            "const all = {subtree: true, childList: true,"
            "  attributeFilter: ['aria-valuetext']};"
            "for (const each of document.querySelectorAll('label'))"
            "  seen.observe(each, all);"
            "desk.store.change(() => {});"
            "return seen.takeRecords().length;"
        )
        == 0
    )


def test_it_is_played_by_midi(page):
    """By what a browser hands to a page; this machine has no such keyboard."""
    page.ask(
        "globalThis.keyboard = {name: 'Pads', state: 'connected'};"
        "const access = globalThis.access = {inputs: new Map()};"
        "navigator.requestMIDIAccess = async () => access;"
        "globalThis.struck = [];"
        "desk.player.strike = (...given) => globalThis.struck.push(given);"
    )
    page.click("midi")
    page.reads("notice", "No MIDI keyboard")
    page.ask(
        "access.inputs.set('1', keyboard);"
        "access.onstatechange({port: {type: 'input'}});"
    )
    page.reads("notice", "Plays the pads: Pads")
    kinds = [pad["weights"].index(1) for pad in page.kit()["pads"]]
    past = page.ask("return desk.store.past.length")
    # Kick and snare on channel 10 and 1, a key that is no drum's here, a key
    # that is left, one whose velocity of 0 says the same, a pedal.
    page.ask(
        "for (const data of given) keyboard.onmidimessage({data});",
        [
            [0x99, 36, 127],
            [0x90, 38, 1],
            [0x90, 21, 64],
            [0x80, 36, 64],
            [0x90, 36, 0],
            [0xB0, 4, 90],
        ],
    )
    struck = page.ask("return globalThis.struck")
    assert struck == [
        [kinds.index(0), 0, 127],
        [kinds.index(1), 0, 1],
        [1, 0, 64],
    ]
    assert page.kit()["chosen"] == 1
    assert page.ask("return desk.store.past.length") == past
    page.ask(
        "navigator.requestMIDIAccess = async () => { throw new Error('no'); };"
    )
    page.click("midi")
    page.reads("notice", "does not let this page")


def test_every_control_has_a_name_and_is_reached(page):
    page.browser.execute_cdp_cmd("Accessibility.enable", {})
    tree = page.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})
    roles = ("button", "slider", "textbox", "combobox", "application", "image")
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree["nodes"]
        if not node["ignored"] and node.get("role", {}).get("value") in roles
    ]
    assert len(found) > 8 * 17 and all(name.strip() for _, name in found)
    # Each row of steps is one stop of Tab.
    stops = page.browser.execute_script(
        "return document"
        ".querySelectorAll('.steps button[tabindex=\"0\"]').length"
    )
    assert stops == 8


def test_it_fits_a_phone(page):
    with page.tab.as_small():
        page.open()
        measured = page.browser.execute_script(
            "return [document.documentElement.scrollWidth,"
            "...[...document.querySelectorAll('button, input[type=range]')]"
            ".map(e => e.getBoundingClientRect()).filter(b => b.width)"
            ".map(b => Math.min(b.height, b.width))]"
        )
    assert measured[0] <= 390 and min(measured[1:]) >= 36


def saved(page, folder, button, name):
    """The file that a button saves, once it is whole."""
    return page.tab.download(folder, name, lambda: page.click(button))


def test_what_is_taken_away(page, model, tmp_path):
    wave = saved(page, tmp_path, "save-wav", "1_kick_seed0.wav")
    samples, rate = soundfile.read(wave, dtype="int16")
    expected = model.generate(latents.draw(model.info, 0, 1), [0])[0]
    assert rate == model.info.sample_rate
    assert np.abs(samples - expected * 32767).max() < 1.5
    with zipfile.ZipFile(saved(page, tmp_path, "save-pads", "*.zip")) as file:
        names = file.namelist()
        assert file.testzip() is None and len(names) == 9
        assert file.read("1_kick_seed0.wav") == wave.read_bytes()
        content = json.loads(file.read("kit.json"))
    assert content["model"] == model.info.fingerprint
    assert content["kit"] == page.kit()


def test_the_loop_is_its_hits_in_their_places(page, tmp_path):
    page.click("clear")
    page.ask(
        "desk.store.change(kit => { kit.tempo = 120; kit.swing = 60;"
        "kit.steps[0][0] = 127; kit.steps[0][15] = 127; });"
    )
    path = saved(page, tmp_path, "save-loop", "loop_120bpm.wav")
    samples, rate = soundfile.read(path)
    wave = np.array(page.ask("return [...desk.voices.wave(0)];"))
    expected = np.zeros(2 * rate)
    for place in (0, 15.2):  # a step is 1/8 s; swing puts odd ones later
        start = round(place / 8 * rate)
        at = (start + np.arange(len(wave))) % len(expected)
        expected[at] += wave
    expected /= max(1, np.abs(expected).max())
    np.testing.assert_allclose(samples, expected, atol=1e-4)


def test_the_pattern_is_midi_of_format_1(page, tmp_path):
    page.ask("desk.store.change(kit => { kit.tempo = 120; kit.swing = 60; });")
    kit = page.kit()
    file = mido.MidiFile(saved(page, tmp_path, "save-midi", "*.mid"))
    assert file.type == 1 and len(file.tracks) == 2
    assert file.length == pytest.approx(2.0)
    assert [m.tempo for m in file.tracks[0] if m.type == "set_tempo"] == [
        500000
    ]
    now, hits = 0, {}
    for message in file.tracks[1]:
        now += message.time
        if message.type == "note_on":
            assert message.channel == 9
            hits.setdefault(message.note, []).append((now, message.velocity))
    step = file.ticks_per_beat / 4
    expected = [
        [
            (round(step * (place + 0.2 * (place % 2))), velocity)
            for place, velocity in enumerate(row)
            if velocity
        ]
        for row in kit["steps"]
    ]
    assert sorted(hits.values()) == sorted(filter(None, expected))
    assert {36, 38, 42} == set(hits)  # kick, snare and closed hat


def test_every_pad_has_a_key_of_its_class_and_none_twice(page):
    ask = (
        "const {keysOf} = await import('/formats.js');"
        "const weights = i => [0, 1, 2].map(j => Number(i === j));"
        "const pads = given.map(i => ({weights: weights(i)}));"
        "return keysOf({pads}, desk.info.keys);"
    )
    assert page.ask(ask, [0, 1, 2]) == [36, 38, 42]
    keys = page.ask(ask, [2] * 6 + [0] * 2)
    assert keys == [42, 46, 49, 57, 44, 55, 36, 35]
    assert len(set(page.ask(ask, [1] * 8))) == 8


def test_what_is_there_is_saved_without_the_model(page, served, tmp_path):
    """But not the pad whose sound has not come."""
    page.click("clear")
    page.ask("desk.store.change(kit => { kit.steps[2][0] = 127; });")
    # A notice may be followed by another one before it has been seen.
    page.ask(
        "globalThis.said = []; const say = desk.say;"
        "desk.say = text => { said.push(text); say(text); };"
    )
    with served.gone():
        page.ask("desk.store.change(kit => { kit.pads[1].z[0] += 1; });")
        page.reads("notice", "does not answer")
        before = page.ask("return [...desk.voices.wave(0)];")
        saved(page, tmp_path, "save-midi", "*.mid")
        saved(page, tmp_path, "save-loop", "loop_*.wav")
        path = saved(page, tmp_path, "save-wav", "1_kick_seed0.wav")
        samples, _ = soundfile.read(path)
        np.testing.assert_allclose(samples, before, atol=1e-4)
        for needs_it in (
            lambda: page.click("save-pads"),
            lambda: (page.keys("2"), page.click("save-wav")),
        ):
            page.ask("said.length = 0;")
            needs_it()
            page.wait(
                "return said.some(t => t.includes('not ready to be saved'))"
            )
    page.settle()
    saved(page, tmp_path, "save-pads", "*.zip")


def test_what_was_changed_is_waited_for(page):
    """As a save does, which came at once with "does not answer"."""
    assert page.ask(
        "desk.store.change(kit => { kit.pads[0].z = [1, 2, 3]; });"
        "await desk.voices.refresh();"
        "return desk.voices.isReady(0);"
    )


def test_a_link_holds_it_all(page):
    page.keys("6")
    page.ask(
        "desk.store.change(kit => { kit.steps[7][3] = 77; kit.tempo = 99;"
        "kit.pads[5].pitch = -3; kit.pads[5].fade = 0.25; });"
        "document.getElementById('keep-a').click();"
    )
    kit = page.kit()
    page.wait("return location.hash.length > 100")
    time.sleep(0.6)  # the address follows a little later
    tail = "#" + urllib.parse.urlsplit(page.browser.current_url).fragment
    page.open()
    page.open(tail)
    assert page.kit() == kit
    assert not page.element("notice").is_displayed()


def test_a_link_of_another_model_says_so(page):
    tail = page.ask(
        "const link = await import('/link.js');"
        "return link.toHash(desk.store.kit, 'f'.repeat(64));"
    )
    kit = page.kit()
    page.open(tail)
    assert "another model (ffffffff)" in page.element("notice").text
    assert page.kit() == kit
    bad = [
        tail[:60],
        "#kit=",
        "#kit=%00",
        "#kit=!!",
        tail[:40] + ("A" if tail[40] != "A" else "B") + tail[41:],
    ]
    for broken in bad:
        page.open(broken)
        assert "damaged" in page.element("notice").text, broken
        assert len(page.kit()["pads"]) == 8
    wrong = page.ask(
        "const link = await import('/link.js'), kit = desk.store.kit;"
        "kit.pads.forEach(pad => pad.z.push(1));"
        "return link.toHash(kit, 'f'.repeat(64));"
    )
    page.open(wrong)
    assert "cannot make" in page.element("notice").text


def hear(page, script):
    """Returns the samples that a script has the page play next."""
    return page.ask(
        "const heard = new Promise(resolve => {"
        "  desk.player.addEventListener('play',"
        "    event => resolve([...event.detail]), {once: true}); });"
        f"{script} return heard;"
    )


def test_morphing_goes_from_one_kept_sound_to_the_other(page):
    page.ask("desk.store.change(kit => { kit.pads[0].pitch = -3; });")
    page.click("keep-a")
    page.keys("4")
    page.ask("desk.store.change(kit => { kit.pads[3].gain = -6; });")
    page.click("keep-b")
    kit = page.kit()
    # What is kept is heard as it was, whatever is on the pad now.
    heard = hear(page, "$('hear-a').click();")
    before = page.ask("return [...desk.voices.wave(0)];")
    assert heard == pytest.approx(before, abs=1e-5)
    page.ask(
        "$('place').value = 0.5; $('place').dispatchEvent(new Event('input'));"
        "$('place').dispatchEvent(new Event('change'));"
    )
    middle = page.kit()["pads"][3]
    assert middle["weights"] == [0.5, 0.5, 0]
    assert (middle["pitch"], middle["gain"]) == (-1.5, -3)
    lerp = (np.array(kit["a"]["z"]) + kit["b"]["z"]) / 2
    np.testing.assert_allclose(middle["z"], lerp, atol=1e-6)
    page.ask("$('path').value = 'slerp'; $('path').onchange();")
    arc = latents.slerp(np.array(kit["a"]["z"]), np.array(kit["b"]["z"]), 3)
    np.testing.assert_allclose(page.kit()["pads"][3]["z"], arc[1], atol=1e-5)


def test_variations_and_the_map_are_taken(page):
    page.ask("desk.store.change(kit => { kit.pads[0].pitch = 12; });")
    page.click("vary")
    page.wait("return document.querySelectorAll('.tile').length === 5")
    before = page.kit()["pads"]
    # They are heard with the pad's finish, and stay that pad's.
    page.keys("4")
    pass_over = (
        "document.querySelectorAll('.tile')[%d].dispatchEvent("
        "new PointerEvent('pointerenter', {pointerType: 'mouse'}));"
    )
    before_tile = page.ask("return [...desk.voices.wave(0)];")
    heard = hear(page, pass_over % 0)
    assert heard == pytest.approx(before_tile, abs=1e-5)
    tiles = page.browser.find_elements("css selector", ".tile")
    page.browser.execute_script("arguments[0].click()", tiles[2])
    kit = page.kit()
    near = kit["pads"][0]
    assert kit["chosen"] == 0 and kit["pads"][1:] == before[1:]
    assert 0 < np.abs(np.subtract(near["z"], before[0]["z"])).max() < 2
    page.reads("map-note", "600")
    places = page.ask("return (await import('/engine.js')).places();")
    page.count_plays()
    canvas = page.element("map")
    canvas.click()
    canvas.send_keys("\ue014\ue014\ue007")  # right, right, enter
    taken = page.kit()["pads"][0]
    assert taken["z"] in [place["z"] for place in places]
    page.wait("return globalThis.plays > 0")
    over_another = (
        "$('map').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ArrowLeft'}));"
    )
    length = len(page.ask("return [...desk.voices.wave(0)];"))
    assert len(hear(page, over_another)) == length == 512


def test_arrows_go_along_the_variations_one_by_one(page):
    """However often they were drawn."""
    for _ in range(2):
        page.ask("for (const tile of $('tiles').children) tile.id = 'old';")
        page.click("vary")
        page.wait(
            "return document.querySelectorAll('.tile:not(#old)').length === 5"
        )
    page.ask("$('tiles').firstElementChild.focus();")
    at = "return [...$('tiles').children].indexOf(document.activeElement);"
    places = []
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.END, Keys.ARROW_LEFT):
        page.keys(key)
        places.append(page.ask(at))
    assert places == [1, 2, 4, 3]
    stops = "return [...$('tiles').children].map(tile => tile.tabIndex);"
    assert page.ask(stops) == [-1, -1, -1, 0, -1]


def drop_sound(page, model, then=""):
    wave = model.generate(latents.draw(model.info, 77, 1), [1])[0]
    content = list(wav_bytes(wave, model.info.sample_rate))
    page.ask(
        "const held = new DataTransfer();"
        "held.items.add(new File([new Uint8Array(given)], 'hit.wav'));"
        "document.body.dispatchEvent(new DragEvent('drop',"
        "{bubbles: true, cancelable: true, dataTransfer: held}));" + then,
        content,
    )


def test_what_is_found_is_on_the_pad_of_the_search(page, model):
    before = page.kit()["pads"]
    drop_sound(
        page, model, "desk.store.change(kit => { kit.chosen = 3; }, false);"
    )
    page.reads("found", "Nearest to hit.wav")
    after = page.kit()["pads"]
    assert after[0]["seed"] is None and after[0]["z"] != before[0]["z"]
    assert after[1:] == before[1:]


def test_a_dropped_file_is_found(page, model):
    page.keys("1")  # without a touch it would be said that one is needed
    drop_sound(page, model)
    page.reads("found", "Nearest to hit.wav")
    page.reads("notice", "Nearest to hit.wav")  # which is read out
    assert page.element("progress").get_attribute("value") == "1"
    page.wait("return document.querySelectorAll('.tile').length === 5")
    assert page.kit()["pads"][0]["seed"] is None


def test_a_search_that_is_stopped_leaves_nothing_behind(page, model):
    before = page.kit()
    drop_sound(page, model)
    page.wait("return !document.getElementById('cancel').hidden")
    page.click("cancel")
    page.ask("await new Promise(resolve => setTimeout(resolve, 300));")
    assert not page.element("searching").is_displayed()
    assert page.kit() == before


def test_a_model_without_labels_has_one_kind_of_sound(browser, tmp_path):
    """Its classes say nothing: no pad, file, key or place is of one."""
    make_run(tmp_path / "run", conditioning="none")
    app, instrument = make_app(load_model(tmp_path / "run"))
    instrument.make_map()
    server = Served(app)
    server.start()
    try:
        page = Page(browser, server)
        assert page.ask("return desk.info.classes.length;") == 3
        text = page.ask("return document.body.innerText;")
        assert "sound" in text and "kick" not in text
        assert page.element("sound-title").text == "Pad 1: sound"
        assert not page.element("classes").is_displayed()
        assert all(p["weights"] == [1, 0, 0] for p in page.kit()["pads"])
        keys = page.ask(
            "const {keysOf} = await import('/formats.js');"
            "return keysOf(desk.store.kit, desk.info.keys);"
        )
        assert len(set(keys)) == 8
        places = page.ask(
            "const {places} = await import('/engine.js'); return places();"
        )
        assert {place["label"] for place in places} == {0}
    finally:
        server.stop()


def test_what_is_no_sound_is_said(page, tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("no sound")
    page.browser.find_element("id", "file").send_keys(str(path))
    page.reads("notice", "notes.wav is no sound")


def test_opened_as_a_file_it_says_that_it_must_be_served(browser, tmp_path):
    """A browser runs no modules of files, and so nothing of the page."""
    for name, content in page_files().items():
        (tmp_path / name).write_bytes(content)
    browser.driver.get((tmp_path / "index.html").as_uri())
    browser.wait(
        "return document.getElementById('notice').innerText"
        ".includes('python -m http.server')"
    )
    browser.complaints()  # of the modules


def test_it_survives_a_restart_of_the_server(page, served):
    page.count_plays()
    page.keys("2")
    with served.gone():
        page.click("random")
        page.reads("notice", "does not answer")
        page.keys("1")  # what is on the pads still plays
        page.wait("return globalThis.plays === 2")
    page.keys("2")
    before = page.kit()["pads"][1]["seed"]
    page.click("random")
    page.leave_seed(before)
    page.settle()
    assert page.ask("return desk.voices.isReady(1);")


class Ill:
    """An application that answers no request for sounds until it is well."""

    def __init__(self, app):
        self.app, self.is_well = app, False

    async def __call__(self, scope, receive, send):
        if scope.get("path") != "/sounds" or self.is_well:
            return await self.app(scope, receive, send)
        await send(
            {"type": "http.response.start", "status": 503, "headers": []}
        )
        await send({"type": "http.response.body", "body": b"no memory"})


def test_a_pad_without_a_sound_says_so_and_asks_again(browser, model):
    app = Ill(make_app(model)[0])
    server = Served(app)
    server.start()
    try:
        page = Page(browser, server)
        page.reads("notice", "no memory")
        page.ask("desk.say('');")
        page.count_plays()
        page.keys("2")
        page.reads("notice", "no memory")
        assert page.plays() == 0
        app.is_well = True
        page.click("play")
        page.reads("notice", "Pad 2 has no sound yet")
        page.ask(
            "while (!desk.voices.isReady(1))"
            "  await new Promise(resolve => setTimeout(resolve, 10));"
        )
        page.keys("2")
        page.wait("return globalThis.plays === 1")
        # Its map is not made yet, and cannot be had any more.
        assert page.element("map-note").text == "is being drawn"
        server.stop()
        page.reads("map-note", "load the page again")
    finally:
        server.stop()
        browser.complaints()  # of the answers that did not come


def test_a_model_that_never_answered_promises_no_sounds(page):
    with page.tab.without("*/info"):
        page.browser.get("about:blank")
        page.browser.get(page.served.url)
        page.reads("notice", "does not answer")
        said = page.element("notice").text
    page.tab.complaints()
    assert "load this page again" in said and "still plays" not in said


def test_a_search_ends_with_the_server(page, served, model):
    drop_sound(page, model)
    page.wait("return document.getElementById('progress').value > 0")
    with served.gone():
        page.reads("notice", "does not answer")
        assert page.element("hear").is_displayed()
        assert not page.element("progress").is_displayed()
        assert page.element("found").text == "Nothing was found."
    drop_sound(page, model)
    page.reads("found", "Nearest to hit.wav")
    assert page.element("progress").is_displayed()
