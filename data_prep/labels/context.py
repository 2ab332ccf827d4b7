"""Words whose meaning depends on what stands beside them."""

from data_prep.labels.vocabulary import FAMILIES, plurals

# How a drum sounds, or what a song is called: no instrument of its own beside
# a word that means nothing but a drum, the last only in front of it.
DESCRIBING = frozenset("water synth noise".split())
IN_FRONT = "noise"
PLAIN = frozenset(
    form
    for family in (
        "kick",
        "snare",
        "hat",
        "open hat",
        "closed hat",
        "pedal hat",
    )
    for word in FAMILIES[family].words.split()
    for form in (word, *plurals(word))
) | {"cymbal", "cymbals"}

# A folder of these holds the hits of a break as well.
BREAKS = frozenset("break breaks breakbeat breakbeats".split())

# Codes with other meanings that one letter may follow in a folder's name.
LETTERED = frozenset({"kd"})

# Codes that count only beside some others, and not beside some: congas are LC,
# MC and HC.
NEEDS = {
    "hc": (("ho",), ("lc", "mc")),
    "chat": (("ohat",), ()),
    "ohat": (("chat",), ()),
}
BASS = "bass"

# Words of speech: among these no code is a drum's.
SPOKEN = frozenset(
    form
    for word in FAMILIES["speech"].words.split()
    for form in (word, *plurals(word))
)

# Codes that drum machines have beside those of ``FAMILIES``.
CODES = frozenset(
    "ac ag bg ca cb cg cl cp cra cst fx gu ha hb ht hc la lb lc lt ma mc mt pr "
    "qu rde rim rs sc sh sna spl sw ta tb tm tom tr vs wb".split()
) | frozenset(
    code
    for family in FAMILIES.values()
    for code in f"{family.codes} {family.hints}".split()
)
