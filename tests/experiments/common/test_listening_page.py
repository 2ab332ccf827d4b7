"""The page of a blind listening in a browser: answers that stay and add up."""

import base64
import csv
import json

import numpy as np
import pytest

from experiments.common import listening_page
from tests.fixtures.browser import browser  # noqa: F401, of ``opened``
from wavegan_cond.synthesis.wav import wav_bytes

PAIRS = 4
COUNTED = "return state.answers.map(each => each.plays);"


@pytest.fixture
def opened(browser, tmp_path):  # noqa: F811
    """A page of a few pairs, in a tab that has not seen it before."""
    sound = base64.b64encode(wav_bytes(0.5 * np.ones(2000), 44100)).decode()
    pair = {"question": "real", "label": "kick", "sounds": [sound, sound]}
    data = {"page": "00ff00ff00ff00ff", "models": "a1", "pairs": [pair] * PAIRS}
    text = listening_page.TEMPLATE.read_text(encoding="utf-8")
    path = tmp_path / "listen.html"
    path.write_text(text.replace("<!--DATA-->", json.dumps(data)))
    browser.driver.get(path.as_uri())
    browser.driver.execute_script("localStorage.clear();")
    browser.driver.refresh()
    yield browser
    assert not browser.complaints()


def click(page, *names):
    for name in names:
        page.wait(f"return !document.getElementById('{name}').disabled")
        page.driver.find_element("id", name).click()


def hear_both(page):
    for place in (0, 1):
        click(page, f"play{place}")
        page.wait(f"return state.answers[current].plays[{place}] > 0")


def test_an_answer_leads_to_the_first_sound_of_the_next_pair(opened):
    hear_both(opened)
    click(opened, "answer0")
    assert opened.ask("return document.activeElement.id;") == "play0"
    assert opened.ask("return at('which').textContent;") == "Pair 2: kick"


def test_two_tabs_keep_the_answers_of_each_other(opened, tmp_path):
    driver = opened.driver
    one, place = driver.current_window_handle, driver.current_url
    driver.switch_to.new_window("tab")
    driver.get(place)
    other = driver.current_window_handle
    for tab, pair in ((one, 0), (other, 2), (one, 1), (other, 3)):
        driver.switch_to.window(tab)
        opened.ask("go(given);", pair)
        hear_both(opened)
        click(opened, f"answer{pair % 2}")
    driver.close()
    driver.switch_to.window(one)
    path = opened.download(
        tmp_path, "answers_*.csv", lambda: click(opened, "save")
    )
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    answers = {row["pair"]: (row["answer"], row["plays"]) for row in rows}
    assert answers == {str(n): ("BA"[n % 2], "2") for n in range(1, 5)}
    assert len({row["listener"] for row in rows}) == 1
    assert path.name == f"answers_00ff00ff00ff00ff_{rows[0]['listener']}.csv"


def test_where_nothing_can_be_kept_the_answers_stay_on_the_page(opened):
    opened.ask(
        "Storage.prototype.setItem = () => { throw new Error('full'); };"
    )
    hear_both(opened)
    click(opened, "answer0")
    assert opened.ask("return state.answers[0].answer;") == "A"


def test_a_play_counts_once_it_is_heard(opened):
    """A call interrupts the sound of a phone: it comes when that is over."""
    opened.ask(
        "globalThis.interrupted = true;"
        "Object.defineProperty(AudioContext.prototype, 'state',"
        "  {get: () => interrupted ? 'interrupted' : 'running'});"
        "AudioContext.prototype.resume = () =>"
        "  new Promise(resolve => { globalThis.end = resolve; });"
    )
    click(opened, "play0")
    opened.wait("return globalThis.end !== undefined")
    opened.ask("await new Promise(resolve => setTimeout(resolve, 300));")
    assert opened.ask(COUNTED)[0] == [0, 0]
    opened.ask("interrupted = false; end();")
    opened.wait("return state.answers[0].plays[0] === 1")


def test_a_silent_switch_leaves_the_sound_on(opened):
    with opened.as_safari():
        opened.driver.refresh()
    click(opened, "play0")
    opened.wait("return state.answers[0].plays[0] === 1")
    assert opened.ask("return sessionThen;") == "playback"
