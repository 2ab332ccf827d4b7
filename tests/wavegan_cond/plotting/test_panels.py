"""Contact sheets and the loss curve."""

import os

import numpy as np
import pytest

from wavegan_cond.plotting import panels

RATE = 44100


def read(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


def waves(count):
    return np.random.default_rng(0).uniform(-1, 1, (count, 512))


def test_extremes_lose_no_sample():
    wave = np.random.default_rng(0).standard_normal(1000)
    low, high = panels.extremes(wave, 70)
    assert len(low) == len(high) == 70
    assert low.min() == wave.min() and high.max() == wave.max()
    # Neighbours touch: the line has no gaps.
    assert (low[1:] <= high[:-1]).all() and (high[1:] >= low[:-1]).all()


def test_extremes_of_a_short_wave_are_its_samples():
    low, high = panels.extremes(np.array([1.0, 2.0, 3.0]), 70)
    np.testing.assert_array_equal(low, [1, 2, 3])
    np.testing.assert_array_equal(high, [2, 3, 3])


def test_running_mean_is_that_of_the_last_few():
    values = np.array([1.0, 3.0, 5.0, 7.0, 9.0])
    np.testing.assert_allclose(panels.running_mean(values, 3), [1, 2, 3, 5, 7])
    np.testing.assert_allclose(panels.running_mean(values, 1), values)


def test_a_contact_sheet_grows_with_its_sounds(tmp_path):
    sizes = {}
    for count in (3, 4, 6):
        path = tmp_path / f"{count}.png"
        titles = [str(i) for i in range(count)]
        panels.contact_sheet(path, waves(count), titles, RATE, 3)
        sizes[count] = read(path).shape[:2]
    assert sizes[4] == sizes[6] > sizes[3]
    assert sizes[6][1] == sizes[3][1]
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"3.png", "4.png", "6.png"}


def test_every_sound_is_drawn_in_its_place_below_its_title(tmp_path):
    sounds, drawn = dict(zip("ab", waves(2), strict=True)), {}
    for order in ("ab", "ba"):
        path = tmp_path / f"{order}.png"
        chosen = np.stack([sounds[name] for name in order])
        panels.contact_sheet(path, chosen, [*order], RATE, 2)
        drawn[order] = read(path)
    top, left, step, width = (
        round(panels.DPI * inches)
        for inches in (
            panels.MARGIN + panels.HEADING,
            panels.MARGIN,
            panels.TILE + panels.GAP,
            panels.TILE,
        )
    )
    for one, other in (("ab", "ba"), ("ba", "ab")):
        first = drawn[one][top:, left:][:, :width]
        second = drawn[other][top:, left + step :][:, :width]
        np.testing.assert_array_equal(first, second)
    assert np.abs(drawn["ab"] - drawn["ba"]).max() > 0.5
    heads = {
        title: read_title(tmp_path, title, sounds["a"])
        for title in ("a", "b", "")
    }
    assert len(set(heads.values())) == 3


def read_title(folder, title, wave):
    """The pixels of a tile, which the title alone changes."""
    path = folder / f"title_{title}.png"
    panels.contact_sheet(path, wave[None], [title], RATE, 1)
    return read(path).tobytes()


def test_of_very_many_sounds_the_first_rows_are_drawn(tmp_path, monkeypatch):
    """Of hundreds of classes the picture would be longer than can be drawn."""
    monkeypatch.setattr(panels, "MOST_ROWS", 2)
    sizes = []
    for count in (4, 5, 9):
        path = tmp_path / f"{count}.png"
        titles = [str(i) for i in range(count)]
        panels.contact_sheet(path, waves(count), titles, RATE, 2)
        sizes.append(read(path).shape)
    assert sizes[0] == sizes[1] == sizes[2]


def test_the_same_sounds_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        path = tmp_path / f"{name}.png"
        panels.contact_sheet(path, waves(2), ["x", "y"], RATE, 2, "two")
    assert (tmp_path / "a.png").read_bytes() == path.read_bytes()


def test_a_sound_without_a_title_is_refused(tmp_path):
    with pytest.raises(ValueError):
        panels.contact_sheet(tmp_path / "a.png", waves(2), ["x"], RATE, 2)


def test_the_loss_curve_is_drawn_of_a_log_with_lines(tmp_path):
    log, path = tmp_path / "log.csv", tmp_path / "loss.png"
    names = "iteration,wasserstein,penalty,critic_loss,generator_loss\n"
    log.write_text(names)
    panels.loss_curve(path, log)
    assert not path.exists()
    log.write_text(names + "1,2,3,4,5\n2,1,1e3,1,-1\n")
    panels.loss_curve(path, log)
    assert np.ptp(read(path)) > 0.5


def test_the_lines_of_the_loss_curve_are_the_columns_of_the_log(
    tmp_path, monkeypatch
):
    figures = []
    monkeypatch.setattr(
        panels, "save_figure", lambda figure, path: figures.append(figure)
    )
    names = ["wasserstein", "penalty", "critic_loss", "generator_loss"]
    rows = np.arange(20.0).reshape(4, 5) ** 2
    lines = [",".join(map(str, row)) for row in rows]
    text = "\n".join([",".join(["iteration", *names]), *lines, ""])
    (tmp_path / "log.csv").write_text(text)
    panels.loss_curve(tmp_path / "loss.png", tmp_path / "log.csv")
    found = {
        line.get_label(): line.get_xydata()
        for axes in figures[0].axes
        for line in axes.get_lines()
        if not line.get_label().startswith("_")
    }
    assert [*found] == names
    for column, name in enumerate(names, 1):
        np.testing.assert_array_equal(found[name], rows[:, [0, column]])
    shown = [
        [text.get_text() for text in axes.get_legend().get_texts()]
        for axes in figures[0].axes
    ]
    assert shown == [names[:1], names[1:2], names[2:]]


def test_a_pipe_is_no_log(tmp_path):
    os.mkfifo(tmp_path / "log.csv")
    with pytest.raises(OSError, match="no regular file"):
        panels.loss_curve(tmp_path / "loss.png", tmp_path / "log.csv")


@pytest.mark.parametrize("name", ["$_$", "$^{$", "a$b", "\\$x$", "$$", "日本"])
def test_names_are_drawn_as_they_are(tmp_path, name):
    waves = np.zeros((2, 1024), np.float32)
    sheet = tmp_path / "sheet.png"
    panels.contact_sheet(sheet, waves, [name] * 2, 44100, 2, name)
    assert sheet.stat().st_size
