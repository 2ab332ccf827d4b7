"""The page of sounds: whole, playable, and safe to open."""

import base64
import html
import html.parser
import io
import json
import re
import zipfile

import numpy as np
import pytest
import soundfile
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from experiments import generate
from experiments import page as command
from experiments.common import cli, page
from tests.fixtures.browser import browser  # noqa: F401, of ``opened``
from tests.fixtures.commands import call, refused
from tests.fixtures.runs import make_run
from wavegan_cond.plotting.spectrogram import MELS
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.wav import encode, wav_bytes

HOSTILE = "</script><script>alert(1)</script><!--NOTE--><b>&amp;"


class Reader(html.parser.HTMLParser):
    """Collects the tags, and the text of each element of interest."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], {}, []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.setdefault(self.tags[-1] if self.tags else "", []).append(
            data
        )


def tone():
    time = np.arange(4096) / 44100
    return wav_bytes(0.5 * np.sin(2 * np.pi * 440 * time), 44100)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "index.html"
    sounds = [page.Sound(HOSTILE, tone(), (0.123456, -2.0), "a.wav")]
    groups = [page.Group(HOSTILE, sounds), page.Group("real", sounds, False)]
    page.build(path, groups, HOSTILE, HOSTILE)
    return path


def data_of(path):
    text = path.read_text(encoding="utf-8")
    pattern = r'<script id="data" type="application/json">(.*?)</script>'
    return json.loads(re.search(pattern, text, re.S)[1])


def test_the_sounds_are_inside(built):
    groups = data_of(built)
    assert [group["beat"] for group in groups] == [True, False]
    sound = groups[0]["sounds"][0]
    assert base64.b64decode(sound["wav"]) == tone()
    assert sound["z"] == [0.1235, -2.0] and sound["file"] == "a.wav"


def test_names_are_text_and_never_markup(built):
    reader = Reader()
    reader.feed(built.read_text(encoding="utf-8"))
    assert reader.tags.count("script") == 2 and "b" not in reader.tags
    assert "".join(reader.text["h1"]).startswith(HOSTILE)
    assert data_of(built)[0]["title"] == HOSTILE
    # The page's own code never turns text into markup.
    assert not re.search("innerHTML|document.write|eval", built.read_text())


def test_nothing_is_loaded_from_elsewhere(built):
    text = built.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", text)
    reader = Reader()
    reader.feed(text)
    links = [v for k, v in reader.attributes if k in ("src", "href")]
    assert links == ["data:,"]


def test_nothing_of_the_template_is_left(built):
    assert not re.search("<!--[A-Z]+-->", without_data(built))


def without_data(path):
    text = path.read_text(encoding="utf-8").replace(html.escape(HOSTILE), "")
    return re.sub(r'<script id="data".*?</script>', "", text, flags=re.S)


def test_it_has_a_dark_side_a_volume_and_a_zip(built):
    text = built.read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in text
    for name in ("volume", "level", "all"):
        assert f'id="{name}"' in text
    assert "equally loud" in text


def test_sections_are_listed_where_the_body_says(tmp_path):
    sounds = [page.Sound("a", tone())]
    groups = [
        page.Group("one", sounds, section="Kick & co"),
        page.Group("two", sounds, section="Kick & co", folded=True),
        page.Group("three", sounds, section="snare"),
    ]
    output, body = tmp_path / "page.html", "<!--CONTENTS--><p id='a'>b</p>"
    page.build(output, groups, "title", body=body, contents=[("a", "First")])
    text = output.read_text(encoding="utf-8")
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', text)
    assert links == [
        ("a", "First"),
        ("sounds-1", "Kick &amp; co"),
        ("sounds-2", "snare"),
    ]
    assert [group["folded"] for group in data_of(output)] == [0, 1, 0]


def test_a_spectrogram_is_a_small_picture():
    from matplotlib.image import imread

    png = page.mel_png(tone())
    picture = imread(io.BytesIO(png))
    assert picture.shape[0] == MELS and len(png) < 10000
    brightest = picture[..., :3].sum(axis=(1, 2)).argmax()
    from wavegan_cond.plotting.spectrogram import height

    assert abs(1 - brightest / MELS - height(440, 44100)) < 0.03


def test_a_folder_becomes_a_page(tmp_path):
    run, folder = tmp_path / "run", tmp_path / "sounds"
    make_run(run)
    call(generate, "--nopicture", model=run, output_dir=folder, num=3, seed=4)
    output = tmp_path / "page.html"
    call(command, sounds_dir=folder, output=output)
    groups = data_of(output)
    assert [group["title"] for group in groups] == ["kick", "snare", "cymbal"]
    assert [len(group["sounds"]) for group in groups] == [3, 3, 3]
    call(command, sounds_dir=folder, output=output, num=2)
    groups = data_of(output)
    titles = [group["title"] for group in groups]
    assert titles[0] == "kick, the first 2 of 3"
    names = [sound["name"] for sound in groups[1]["sounds"]]
    assert names == ["seed 4", "seed 5"]
    wav = base64.b64decode(groups[1]["sounds"][1]["wav"])
    assert wav == (folder / "snare_seed0005.wav").read_bytes()
    assert soundfile.read(io.BytesIO(wav))[0].shape == (1024,)
    other = tmp_path / "other"
    make_run(other, seed=1)
    call(generate, "--nopicture", model=other, output_dir=folder, seed=9)
    call(command, sounds_dir=folder, output=output)
    text = output.read_text(encoding="utf-8")
    assert all(
        re.search(rf"iteration \d+, {name}[;<]", text)
        for name in ("run", "other")
    )
    assert str(tmp_path) not in text  # which says whose machine it was
    (folder / "snare_seed0005.wav").unlink()
    with pytest.raises(cli.UsageError, match="generate the sounds again"):
        call(command, sounds_dir=folder, output=output)


def test_sounds_that_browsers_do_not_play_are_refused(tmp_path, capsys):
    make_run(tmp_path / "run", sample_rate=7999)
    place = {"model": tmp_path / "run", "output_dir": tmp_path / "a"}
    call(generate, "--nopicture", **place, num=1)
    flags = f"--sounds_dir={tmp_path / 'a'}", f"--output={tmp_path / 'x.html'}"
    said = refused(capsys, command, *flags)
    assert "7999 Hz" in said and "--full_rate" in said


def entry(**fields):
    return {"file": "a.wav", "z": [1], "model": "m", "sha256": "1", **fields}


@pytest.mark.parametrize(
    ("sounds", "said"),
    [
        ([], "lists no sounds"),
        ([entry(label="kick")], "a.wav is listed in sounds.json"),
        ([entry(label=["kick"])], "no name"),
        ([entry(class_weights={})], "no name"),
    ],
)
def test_a_folder_without_sounds_to_show(tmp_path, capsys, sounds, said):
    (tmp_path / "a.wav").write_text("text")
    content = {
        "format": generation_log.FORMAT,
        "models": {"m": {"path": "x", "iteration": 1}},
        "sounds": sounds,
        "joined": [],
    }
    (tmp_path / "sounds.json").write_text(json.dumps(content))
    flags = [f"--sounds_dir={tmp_path}", f"--output={tmp_path / 'x.html'}"]
    assert said in refused(capsys, command, *flags)


def test_a_page_does_not_replace_a_sound(tmp_path):
    wav = tmp_path / "kick.wav"
    wav.write_bytes(tone())
    with pytest.raises(cli.UsageError, match="ends in"):
        call(command, sounds_dir=tmp_path, output=wav)
    assert wav.read_bytes() == tone()


def test_a_page_does_not_replace_one_of_another(tmp_path):
    output = tmp_path / "mine.html"
    output.write_text("<h1>my thesis</h1>")
    with pytest.raises(cli.UsageError, match=r"not made .* another --output$"):
        call(command, sounds_dir=tmp_path, output=output)
    assert output.read_text() == "<h1>my thesis</h1>"


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):  # noqa: F811
    """A page in Chromium, sounds of 32 kHz, that was once clicked."""
    path = tmp_path_factory.mktemp("opened") / "index.html"
    sound = page.Sound("a", wav_bytes(0.5 * np.ones(320), 32000))
    titles = ("clap", "your kick, the first 2 of 3", "rim", "hats")
    page.build(path, [page.Group(title, [sound]) for title in titles], "x")
    browser.driver.get(path.as_uri())
    browser.driver.find_element("css selector", ".tile").click()
    return browser


def test_keys_play_after_a_slider_or_a_box_was_touched(opened):
    assert (
        opened.ask(
            "const tile = document.querySelector('.tile'); let plays = 0;"
            "tile.addEventListener('click', () => plays++);"
            "for (const id of ['volume', 'tempo', 'level'])"
            "  document.getElementById(id).dispatchEvent("
            "    new KeyboardEvent('keydown', {key: '1', bubbles: true}));"
            "return plays;"
        )
        == 3
    )


def test_sounds_are_played_at_their_own_rate(opened):
    assert opened.ask("return context.sampleRate;") == 32000


def test_sounds_of_kits_are_played_too(opened):
    """They may have 24 bits."""
    wave = np.linspace(-0.9, 0.9, 5)
    wav = encode(np.int32(wave * (2**31 - 1)), 48000, "PCM_24")
    script = "const sound = {wav: given}; decode(sound);"
    text = base64.b64encode(wav).decode()
    rate, *samples = opened.ask(
        f"{script} return [sound.rate, ...sound.wave];", text
    )
    assert rate == 48000 and samples == pytest.approx(wave, abs=1e-4)


def test_the_volume_glides(opened):
    """A jump is heard as a click."""
    before, after = opened.ask(
        "const now = master.gain.value;"
        "volume.value = 20; volume.oninput();"
        "return [now, master.gain.value];"
    )
    assert before == pytest.approx(0.64) and after > 0.1
    opened.wait("return master.gain.value < 0.05")


def test_a_page_that_slept_goes_on_without_what_it_missed(opened):
    """Which would all be heard at once."""
    whens, steps = opened.ask(
        "const whens = [], real = AudioBufferSourceNode.prototype.start;"
        "AudioBufferSourceNode.prototype.start = when => whens.push(when);"
        "const now = context.currentTime;"
        "step = 0; next = now - 9; ahead();"
        "AudioBufferSourceNode.prototype.start = real;"
        "return [whens.map(when => when - now), (next - now + 9) * 110 / 15];"
    )
    assert all(when > -0.05 for when in whens) and len(whens) < 8
    assert steps == pytest.approx(round(steps)) and steps > 60


def test_the_first_beat_is_of_the_drums_and_not_of_the_order(opened):
    assert opened.ask(
        "return beats.map(({steps}) =>"
        "  steps.map(step => '.x'[Number(pressed(step))]).join(''));"
    ) == [
        "...............x",
        "x.....x.x.x.....",
        "....x.......x...",  # of no class by its name
        "x.x.x.x.x.x.x.xx",
    ]


def test_loud_sounds_are_rounded_and_a_single_one_stays_as_it_is(opened):
    peaks = opened.ask(
        "const play = async level => {"
        "  const offline = new OfflineAudioContext(1, 99, 32000);"
        "  const source = new ConstantSourceNode(offline, {offset: level});"
        "  soften(source).connect(offline.destination); source.start();"
        "  return (await offline.startRendering()).getChannelData(0)[0];"
        "};"
        "return Promise.all([0.64, -0.5, 1, -3, 20].map(play));"
    )
    assert peaks[:2] == pytest.approx([0.64, -0.5], abs=1e-5)
    assert 0.9 < peaks[2] < 1 and peaks[3:] == pytest.approx([-1, 1], abs=1e-3)


HEAR = """
globalThis.heard = [];
const begin = start;
start = sound => { heard.push(sound); begin(sound); };
"""


def test_a_mouse_plays_when_it_presses(opened):
    """And once, though a click comes when it is let go."""
    opened.ask(HEAR)
    tile = opened.driver.find_elements("css selector", ".tile")[1]
    mouse = ActionChains(opened.driver)
    mouse.click_and_hold(tile).perform()
    assert opened.ask("return heard.length;") == 1
    mouse.reset_actions()
    mouse.release().send_keys(Keys.ENTER).perform()
    assert opened.ask("return heard.length;") == 2


def test_arrows_go_along_sounds_and_from_line_to_line(browser, tmp_path):  # noqa: F811
    sound = page.Sound("a", wav_bytes(0.5 * np.ones(320), 32000))
    page.build(tmp_path / "x.html", [page.Group("kick", [sound] * 24)], "x")
    browser.driver.get((tmp_path / "x.html").as_uri())
    line, *places = browser.ask(
        "const tiles = [...document.querySelectorAll('.tile')];"
        "const steps = [...document.querySelectorAll('.steps button')];"
        "const go = (row, key) => {"
        "  document.activeElement.dispatchEvent(new KeyboardEvent("
        "    'keydown', {key, bubbles: true, cancelable: true}));"
        "  return row.indexOf(document.activeElement);"
        "};"
        "const top = tiles[0].offsetTop;"
        "const line = tiles.filter(each => each.offsetTop === top).length;"
        "tiles[0].focus();"
        "const keys = ['ArrowRight', 'ArrowDown', 'ArrowUp', 'End'];"
        "const places = keys.map(key => go(tiles, key));"
        "steps[3].focus();"
        "return [line, ...places, go(steps, 'ArrowDown')];"
    )
    assert 1 < line < 24 and places == [1, 1 + line, 1, 23, 3]


def test_the_name_alone_of_what_is_played_is_read_out(opened):
    """z would be a hundred numbers."""
    opened.ask(
        "play({title: 'kick'}, {...groups[0].sounds[0], z: [1, 2]},"
        " document.querySelector('.tile'));"
    )
    said = opened.ask(
        "return [...document.querySelectorAll('[aria-live=polite]')]"
        ".map(each => each.textContent);"
    )
    assert said == ["kick, a"]
    assert opened.ask("return info.textContent;") == "savez = 1, 2"


def test_steps_keep_their_colours_where_contrast_is_forced(opened):
    colours = (
        "return [...document.querySelectorAll('.steps button')].map(step =>"
        "  getComputedStyle(step).backgroundColor);"
    )
    before = opened.ask(colours)
    with opened.forced_colours():
        after = opened.ask(colours)
    assert after == before and len(set(after)) > 2


def test_a_finger_plays_when_it_is_let_go(browser, built):  # noqa: F811
    """It may be about to scroll."""
    with browser.as_phone():
        browser.driver.get(built.as_uri())
        browser.ask(HEAR)
        browser.touch(browser.driver.find_element("css selector", ".tile"))
        assert browser.ask("return heard.length;") == 0
        browser.let_go()
        browser.wait("return heard.length === 1")


def test_a_silent_switch_leaves_the_sound_on(browser, built):  # noqa: F811
    with browser.as_safari():
        browser.driver.get(built.as_uri())
    browser.driver.find_element("css selector", ".tile").click()
    assert browser.ask("return sessionThen;") == "playback"


def test_sounds_are_saved_apart_by_what_they_are(
    browser,  # noqa: F811
    tmp_path,
):
    """Real ones from generated ones, and of each section and group."""
    of = {
        name: wav_bytes(level * np.ones(320), 32000)
        for name, level in (("real", 0.1), ("made", 0.2), ("other", 0.3))
    }

    def sounds(what, *names):
        z = () if what == "real" else (1.0,)
        return [page.Sound(name, of[what], z, name) for name in names]

    groups = [
        page.Group(
            "kick", sounds("made", "1.wav", "1.WAV", "1_2.wav", "1.wav")
        ),
        page.Group("kick", sounds("real", "1.wav")),
        page.Group("kick", sounds("other", "1.wav"), section="Your own: 2"),
        page.Group("kick", sounds("real", "1.wav"), section="Your own: 2"),
    ]
    page.build(tmp_path / "page.html", groups, "x")
    browser.driver.get((tmp_path / "page.html").as_uri())
    path = browser.download(
        tmp_path,
        "sounds.zip",
        lambda: browser.driver.find_element("id", "all").click(),
    )
    with zipfile.ZipFile(path) as file:
        found = {name: file.read(name) for name in file.namelist()}
    assert found == {
        "kick/1.wav": of["made"],
        "kick/1_2.WAV": of["made"],
        "kick/1_2_2.wav": of["made"],
        "kick/1_3.wav": of["made"],
        "real/kick/1.wav": of["real"],
        "Your_own_2/kick/1.wav": of["other"],
        "real/Your_own_2/kick/1.wav": of["real"],
    }
