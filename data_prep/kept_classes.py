"""Choice of the classes that have sounds, or advice where none has.

What is to be done follows from why the files were left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from data_prep.audio.scan import extension
from data_prep.labels.vocabulary import CLASSES
from data_prep.store.manifest import Entry
from data_prep.store.store import SIDES, StoreError

ARCHIVES = frozenset("zip rar 7z tar gz tgz bz2 xz".split())
MAX_HINTS = 2
LABEL = "name your classes with --classes, or label files with --labels"
HINTS = {
    "unsupported_format": "convert them to WAV or FLAC",
    "not_audio": "they hold something else: copy or download them again",
    "unreadable": "check that they may be read, or copy them again",
    "empty": "copy or download them again",
    "truncated": "their ends are missing: copy or download them again",
    "bad_rate": "resample them to between 8 and 384 kHz",
    "too_many_channels": "bring them to mono or stereo",
    "non_finite": "export them again, without NaN and infinite samples",
    "silent": "nothing is louder than -60 dB: check the export",
    "late": "cut what lies before the hit, or raise --length",
    "too_short": "they are shorter than 1.5 ms: check the export",
    "decoder_crash": "convert them to WAV",
    "decoder_timeout": "convert them to WAV",
    "no_label": LABEL,
    "ambiguous_label": "label them with --labels",
    "excluded_word": f"{LABEL}, if their names are misleading",
}


class PrepareError(StoreError):
    """No store can be made of this input."""


def kept_classes(
    wanted: Sequence[str] | None,
    counts: Mapping[str, Mapping[str, int]],
    entries: Iterable[Entry],
) -> tuple[str, ...]:
    """Returns the classes in order, each with a sound.

    Args:
      wanted: the classes that were asked for; None for those there are.
      counts: a side or a reason -> class or "" -> files.
      entries: what became of every file; read only where there is no sound.

    Raises:
      PrepareError: there is no sound, or none of a class that was asked for.
    """
    kept = set().union(*(counts.get(side, {}) for side in SIDES))
    if not kept:
        hints = _hints(entries, lambda entry: True)
        raise PrepareError(
            f"no usable sound: {_summary(counts) or 'no files'}{hints}"
        )
    paper = [name for name in CLASSES if name in kept]
    classes = wanted or paper + sorted(kept - set(paper))
    if missing := [name for name in classes if name not in kept]:
        hints = _hints(entries, lambda entry: entry.label in missing)
        other = "leave it out of --classes, or label files with --labels"
        raise PrepareError(
            f"no usable sound of class {', '.join(missing)}: "
            f"{_summary(counts)}{hints or f'; {other}'}"
        )
    return tuple(classes)


def _summary(counts: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(
        f"{sum(files.values())} {kind}" for kind, files in counts.items()
    )


def _hints(entries: Iterable[Entry], among: Callable[[Entry], bool]) -> str:
    """Returns what to do about the commonest reasons, each with an example."""
    files: dict[str, list[Entry]] = {}
    for entry in filter(among, entries):
        reason = entry.reason
        if reason == "ignored" and extension(entry.path) in ARCHIVES:
            reason = "archive"
        files.setdefault(reason, []).append(entry)
    hints = []
    for reason in sorted(files, key=lambda reason: -len(files[reason])):
        example = files[reason][0]
        if reason == "archive":
            hints.insert(0, f"unpack archives such as {example.path}")
        elif hint := HINTS.get(reason):
            why = example.notes or example.label_source
            why = f" ({why})" if why else ""
            hints.append(f"{reason}, such as {example.path}{why}: {hint}")
    if not hints and "ignored" in files:
        example = files["ignored"][0].path
        hints.append(
            f"no file is named as sound (.wav, .aif, .flac, .mp3, .ogg), such "
            f"as {example}"
        )
    return "".join(f"; {hint}" for hint in hints[:MAX_HINTS])
