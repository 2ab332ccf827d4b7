"""Temporary names: ours beyond doubt, and held while a process lives."""

import pytest

from wavegan_cond.storage.lock import LockedError
from wavegan_cond.storage.temporary import (
    FORMER,
    PARTIAL,
    create,
    find_left,
    hold,
    is_temporary,
    make_name,
)


@pytest.mark.parametrize("final", ["a", "a.wav", "ü" * 127, "a\nb", "\udcff"])
def test_a_name_says_what_it_stands_for(final):
    name = make_name(final, PARTIAL)
    assert name != make_name(final, PARTIAL)
    assert is_temporary(name, PARTIAL) and is_temporary(name, PARTIAL, final)
    assert not is_temporary(name, FORMER)
    assert not is_temporary(name, PARTIAL, final + "b")
    assert len(name.encode("utf-8", "surrogateescape")) <= 255


def test_a_changed_name_is_none():
    name = make_name("store", PARTIAL)
    for place in range(len(name)):
        other = "0" if name[place] != "0" else "1"
        changed = name[:place] + other + name[place + 1 :]
        assert not is_temporary(changed, PARTIAL)


def test_what_is_held_is_not_left(tmp_path):
    with create(tmp_path, "a", lambda path: path.mkdir()) as path:
        assert not list(find_left(tmp_path, PARTIAL))
        with pytest.raises(LockedError), hold(path):
            pass
    for left in find_left(tmp_path, PARTIAL, "a"):
        assert left == path
        with pytest.raises(LockedError), hold(path):
            pass
    assert list(find_left(tmp_path, PARTIAL)) == [path]
    assert not list(find_left(tmp_path, PARTIAL, "b"))
    assert not list(find_left(tmp_path / "absent", PARTIAL))


def test_what_is_swept_before_it_is_held_is_made_again(tmp_path):
    made = []

    def make(path):
        made.append(path)
        if len(made) > 1:
            path.touch()

    with create(tmp_path, "a", make) as path:
        assert path == made[1]


def test_a_link_is_not_held(tmp_path):
    link = tmp_path / make_name("a", PARTIAL)
    link.symlink_to(tmp_path)
    assert not list(find_left(tmp_path, PARTIAL))
