"""The words that name drums in real sample libraries.

A family is one kind of drum with every word for it; its parent is the wider
kind it belongs to, down to kick, snare and cymbal or to a reason to leave the
file out. ``words.py`` looks the words up, longest match first.
"""

import dataclasses

# Parents of the words that speak against a class.
OTHER_DRUM = "another drum"
NOT_ONE_HIT = "not one hit"
NOT_A_DRUM = "not a drum"
# Parent of longer words that hide a drum word and say nothing.
SILENT = "says nothing"
# The families of such words. Compounds are written as one word: "Kickin" names
# no drum, but a file "Kick In" is a kick.
PHRASES, COMPOUNDS = "phrases", "compounds"

CLASSES = ("kick", "snare", "cymbal")

# How sure a word is. A word counts wherever it stands. A code (two or three
# letters) counts as a word of its own in a file name, and at the end of a
# folder name. A hint is a code with other common meanings: it counts at the end
# of a name, among other drums, where no word says otherwise.
WORD, CODE, HINT = 2, 1, 0


@dataclasses.dataclass(frozen=True)
class Family:
    """One kind of drum: its wider kind and the words for it, by sureness."""

    parent: str
    words: str
    codes: str = ""
    hints: str = ""


@dataclasses.dataclass(frozen=True)
class WordEntry:
    """Meaning of a word."""

    family: str
    tier: int


_OPEN = "open opened opn op"
_CLOSED = "closed close clsd closd cls cl tight"
_PEDAL = "pedal ped foot"
_HALF = "half"


def _hats(states: str) -> str:
    """Returns the words of a hi-hat state: openhat, hatopen, openhh ..."""
    hats = ("hat", "hats", "hihat", "hihats", "hh")
    return " ".join(
        f"{state}{hat} {hat}{state}" for state in states.split() for hat in hats
    )


FAMILIES: dict[str, Family] = {
    "kick": Family(
        "",
        "kick kickdrum kdrum bassdrum bdrum basedrum bsdrum bassdr bassdrm "
        "bassatromma bastrumma grossetrommel grossecaisse grancassa bombo "
        "bumbo",
        "bd bdr kik kck kic",
        "kd",
    ),
    "snare": Family(
        "",
        "snare snaredrum sdrum sndrum snrdrum snar snre sanre rullante "
        "redoblante "
        "caisseclaire kleinetrommel",
        "sd sn snr",
    ),
    # A stroke on an acoustic snare, a sound of its own in drum machines.
    "rim": Family(SILENT, "rim rimshot", "", "rs"),
    "cymbal": Family(
        "",
        "cymbal cymb cymbale cymbl cimbal symbal paiste zildjian sabian "
        "becken platillo piatto piatti",
        "cym",
        "cy sizzle",
    ),
    "crash": Family("cymbal", "crash crsh crach crashbell", "cshd cshda", "cr"),
    "ride": Family(
        "cymbal",
        "ride ridebow ridetip rideedge ridecym ridecymbal ridehit rided rideda",
        "",
        "rd",
    ),
    "ride bell": Family("ride", "ridebell rdbell ridecup"),
    "splash": Family("cymbal", "splash splsh"),
    "china": Family("cymbal", "china"),
    "hat": Family(
        "cymbal",
        "hat hihat hithat hattur chimbal " + _hats(_HALF),
        "hh",
    ),
    "pedal hat": Family("hat", _hats(_PEDAL), "hhp phh"),
    "open hat": Family(
        "hat", _hats(_OPEN), "ohh hho hhod hhoda", "oh ho ohat oht"
    ),
    "closed hat": Family(
        "hat", _hats(_CLOSED), "chh hhc hhcd hhcda", "ch hc chat cht"
    ),
    "tom": Family(OTHER_DRUM, "tom tomtom"),
    "low tom": Family(
        "tom", "lowtom lotom tomlow tomlo floortom tomfloor", "", "lt ft"
    ),
    "mid tom": Family("tom", "midtom tommid racktom tomrack", "", "mt"),
    "high tom": Family("tom", "hightom hitom tomhigh tomhi", "", "ht"),
    "clap": Family(OTHER_DRUM, "clap handclap clp", "", "cp"),
    "cowbell": Family(OTHER_DRUM, "cowbell", "", "cb"),
    "sidestick": Family(OTHER_DRUM, "sidestick crossstick crosstick xstick"),
    "tambourine": Family(OTHER_DRUM, "tambourine tamb tambo"),
    "shaker": Family(OTHER_DRUM, "shaker maraca cabasa"),
    "loop": Family(NOT_ONE_HIT, "loop bpm"),
    "break": Family(NOT_ONE_HIT, "break breakbeat"),
    "roll": Family(NOT_ONE_HIT, "roll drumroll"),
    "reverse": Family(
        NOT_ONE_HIT,
        "reverse reversed backward backwards "
        "revkick revsnare revcym revcymbal revcrash revhat revhihat",
        "rev",
    ),
    "phrase": Family(
        NOT_ONE_HIT,
        "phrase rhythm groove pattern crescendo cresc swell ostinato "
        "paradiddle rudiment buildup riser uplifter downlifter brushsweep",
    ),
    "impulse response": Family(
        NOT_ONE_HIT, "impulses impulseresponse convolution", "ir irs"
    ),
    "percussion": Family(NOT_A_DRUM, "percussion perc"),
    "vocal": Family(NOT_A_DRUM, "vocal vox"),
    "speech": Family(
        NOT_A_DRUM,
        "speech spoken voice phoneme diphone triphone allophone syllable "
        "vowel consonant utterance",
    ),
    "fx": Family(NOT_A_DRUM, "fx sfx effect"),
    PHRASES: Family(
        SILENT,
        "birdkick karatekick kickboxing carcrash planecrash crashland "
        "crashlanding crashreport trainride horseride bikeride joyride "
        "thundercrash glasscrash snaresoff snareoff "
        # Machines and brands.
        "rhythmcomposer rhythmace rhythmbox rhythmmachine rhythmking "
        "rhythmmaster rhythmkit rhythmsection drrhythm doctorrhythm groovebox "
        "grooveagent grooveslab",
    ),
    COMPOUNDS: Family(
        SILENT,
        "sidekick dropkick highkick kickback kickoff kickass kickstart "
        "kickstand kickin kicked kicking kicker crashed crashing ensnare "
        "ensnared snareless snareson snareon chats whats",
    ),
}

# Words without synonyms: each is a family of its own.
for _parent, _words in (
    (
        OTHER_DRUM,
        "conga bongo clave woodblock timbale timpani triangle guiro agogo "
        "cuica tabla djembe cajon gong",
    ),
    (NOT_ONE_HIT, "fill flam drag ruff"),
    (
        NOT_A_DRUM,
        "bass noise synth piano guitar chord scream choir water fountain",
    ),
):
    FAMILIES.update({_word: Family(_parent, _word) for _word in _words.split()})

# Words that count inside a longer word ("linnkick"), or at its end only.
INSIDE = (
    "kick snare crash hihat cymbal bassdrum rimshot ridebell openhat closedhat "
    "hatopen hatclosed openhh closedhh birdkick sidekick revkick revsnare "
    "revcym revcrash revhat revhihat"
)
AT_END = "cym hats loop loops clap claps roll rolls flam"

# Words long enough that one wrong letter leaves no doubt.
FORGIVING = ("snaredrum", "kickdrum", "bassdrum")

# What may follow a code that ends a name: "oh_open_long", "bd hard".
MODIFIERS = frozenset(
    "open closed half pedal short long soft hard loud medium med accent acc "
    "high low hi lo mid dry wet left right".split()
)


def vocabulary() -> dict[str, WordEntry]:
    """Returns every word, its plurals and its usual misspellings."""
    words: dict[str, WordEntry] = {}
    for name, family in FAMILIES.items():
        for word in family.words.split():
            words[word] = WordEntry(name, WORD)
            for plural in (*plurals(word), f"{word}z"):
                words.setdefault(plural, WordEntry(name, WORD))
        for code in family.codes.split():
            words[code] = WordEntry(name, CODE)
        for code in family.hints.split():
            words[code] = WordEntry(name, HINT)
    # "Crash Kit" is the name of a kit, not a folder of crashes.
    for word, entry in list(words.items()):
        if entry.tier != WORD or not names_class(entry):
            continue
        for kit in ("kit", "kits"):
            words.setdefault(word + kit, WordEntry(COMPOUNDS, WORD))
    for word in FORGIVING:
        for misspelt in one_edit_away(word):
            words.setdefault(misspelt, words[word])
    return words


def plurals(word: str) -> tuple[str, ...]:
    """Returns what may stand for several of a word: "splashs", "splashes"."""
    hissed = word.endswith(("ss", "sh", "ch", "x"))
    return (f"{word}s", f"{word}es") if hissed else (f"{word}s",)


def names_class(entry: WordEntry) -> bool:
    """Says whether a word stands for a kick, a snare or a cymbal."""
    return _root(entry.family) in CLASSES


def is_drum(family: str) -> bool:
    """Says whether a family that can be a class is one of drums."""
    return _root(family) in {*CLASSES, OTHER_DRUM, SILENT}


def _root(family: str) -> str:
    """Returns the widest kind of drum, or the reason, that a family is of."""
    while family in FAMILIES and FAMILIES[family].parent:
        family = FAMILIES[family].parent
    return family


def one_edit_away(word: str) -> set[str]:
    """Returns the words with one letter missing, wrong, added or swapped."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = set()
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        found |= {head + letter + tail for letter in letters}
        if tail:
            found.add(head + tail[1:])
            found |= {head + letter + tail[1:] for letter in letters}
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
    return found - {word}
