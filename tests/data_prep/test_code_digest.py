"""A digest of programs changes with what they do, and with nothing else."""

import textwrap

import pytest

from data_prep.code_digest import code_digest

PROGRAM = '''
"""What a sound is."""

import re

LEVEL = -60.0  # dB


class Sound:
    """One of many."""

    names = ("kick", "snare")

    def loud(self, level=LEVEL, *, strict=True):
        """Says whether it is heard."""
        if strict and (match := re.search(r"(\\d+) dB", self.text)):
            return float(match[1]) > level
        return f"{self.level!r:>{8}} dB" != "nan dB" or level is None
'''


def digest(*programs):
    return code_digest(program.encode() for program in programs)


def changed(old, new):
    assert PROGRAM.count(old) == 1
    return digest(PROGRAM.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # dB", "  # of the peak"),
        ("  # dB", ""),
        ('"""What a sound is."""\n', ""),
        ("One of many.", "One of a few."),
        ('        """Says whether it is heard."""\n', ""),
        ("import re\n\n", "import re\n"),
        ("\n", "\r\n"),
        ('("kick", "snare")', "(\n        'kick',\n        'sn' 'are',\n    )"),
        ("float(match[1]) > level", "(float(match[1])>level)"),
    ],
)
def test_what_only_a_reader_sees_does_not_count(old, new):
    assert digest(PROGRAM.replace(old, new)) == digest(PROGRAM)
    assert PROGRAM.replace(old, new) != PROGRAM


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-60.0", "-61.0"),
        ("-60.0", "60.0"),
        ("-60.0", "-60"),
        ("match[1]) > level", "match[1]) >= level"),
        ("strict and (", "strict or ("),
        ("strict=True", "strict=False"),
        ("level=LEVEL, *", "level=None, *"),
        ("def loud", "def audible"),
        ("class Sound", "class Sound(str)"),
        ('"kick", "snare"', '"snare", "kick"'),
        ("!r:>{8}", "!s:>{8}"),
        ("!r:>{8}", "!r:>{9}"),
        ("is None", "is not None"),
    ],
)
def test_what_the_program_does_counts(old, new):
    assert changed(old, new) != digest(PROGRAM)


def test_every_program_counts():
    assert len({digest(), digest("a"), digest("a", "b"), digest("b", "a")}) == 4


def test_nothing_is_not_none():
    assert digest("def f(): return") != digest("def f(): return None")
    assert digest("f(**a)") != digest("f(a)")
    assert digest("{**a}") != digest("{None: a}")


def test_every_version_of_python_finds_the_same():
    """Fields were added to nodes, and f-strings are read anew since 3.12."""
    program = textwrap.dedent(
        """
        @cache
        async def f(a, /, b: int = 1, *c, d="\\u2126\\ud800", **e) -> None:
            global g
            async with a as b, c: ...
            match a:
                case {"x": [1, *_], **rest} if rest: yield
                case Point(x=0) | None: raise ValueError from None
            try: x: int = a[1:2, ...] @ ~b
            except (A, B) as error: del a
            return f"{a=}{b!r:>{c}.2f}" "d" f"{{{'e'}}}", lambda *_: 1e400j
        """
    )
    assert digest(program) == (
        "8992fa07162f5b9558367d6ed14f62c01aea2ec0ff0bd41f67eae296660c8b50"
    )
