"""All files of a kit, as bytes by their names."""

import dataclasses
from collections.abc import Mapping, Sequence

from experiments.kit import (
    decent_sampler,
    drumlabooh,
    hydrogen,
    licence,
    sfz,
    strudel,
)
from experiments.kit.instruments import Kit
from experiments.kit.options import KitOptions
from wavegan_cond.storage import readable_json
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import sha256

FORMAT = "wavegan-cond kit 1"


@dataclasses.dataclass(frozen=True)
class KitSound:
    """A sound of a kit, and what it is made of.

    Attributes:
      label: name of the class.
      seed: seed that z was drawn with.
      z: latent vector, float32 values.
      gain: factor by which it is louder than the model made it.
      wav: content of the WAV file.
    """

    label: str
    seed: int
    z: tuple[float, ...]
    gain: float
    wav: bytes


def all_files(
    kit: Kit,
    sounds: Mapping[str, KitSound],
    options: KitOptions,
    info: ModelInfo,
    texts: Mapping[str, str],
) -> dict[str, bytes]:
    """Returns the content of every file of a kit.

    Args:
      kit: the kit.
      sounds: its sounds by the names of their files.
      options: by which it was made.
      info: description of the model.
      texts: licences, see ``licence.find_texts``.
    """
    wavs = {file: sound.wav for file, sound in sounds.items()}
    granted = licence.text(info, dict(texts)).encode()
    listed = describe(kit, options, info)
    xml = hydrogen.document(kit, listed, licence.summary(dict(texts)))
    name = kit.name
    return {
        **wavs,
        **{
            file.replace(".wav", ".json"): side_car(file, sound, options, info)
            for file, sound in sounds.items()
        },
        f"{name}.sfz": sfz.text(kit).encode(),
        f"{name}.dspreset": decent_sampler.text(kit).encode(),
        f"{name}.h2drumkit": hydrogen.archive(
            name, {**wavs, "drumkit.xml": xml.encode(), "LICENSE.txt": granted}
        ),
        "strudel.json": strudel.text(kit, options.base_url).encode(),
        "drumkit.txt": drumlabooh.text(kit).encode(),
        "LICENSE.txt": granted,
        "README.txt": listed.encode(),
        "kit.json": summary(kit, options, info),
    }


def side_car(
    file: str, sound: KitSound, options: KitOptions, info: ModelInfo
) -> bytes:
    """Returns the JSON beside a WAV: all that makes the sound again."""
    return readable_json.to_text(
        {
            "format": FORMAT,
            "file": file,
            "label": sound.label,
            "seed": sound.seed,
            "truncation": options.truncation,
            "z": list(sound.z),
            "model": info.fingerprint,
            "model_sample_rate": info.sample_rate,
            "gain": sound.gain,
            "fade": options.fade,
            "sample_rate": options.sample_rate,
            "bits": options.bits,
            "sha256": sha256(sound.wav),
        }
    ).encode()


def summary(kit: Kit, options: KitOptions, info: ModelInfo) -> bytes:
    """Returns kit.json: the keys, and how the kit was made."""
    return readable_json.to_text(
        {
            "format": FORMAT,
            "name": kit.name,
            "seed": options.seed,
            "truncation": options.truncation,
            "pool": options.pool,
            "fade": options.fade,
            "sample_rate": options.sample_rate,
            "bits": options.bits,
            "model": info.fingerprint,
            "iteration": info.iteration,
            "classes": list(info.classes),
            "instruments": [
                {
                    "name": instrument.slot.name,
                    "code": instrument.slot.code,
                    "key": instrument.slot.key,
                    "general_midi": instrument.slot.standard,
                    "choke": instrument.slot.choke,
                    "files": list(instrument.files),
                }
                for instrument in kit.instruments
            ],
        }
    ).encode()


def describe(kit: Kit, options: KitOptions, info: ModelInfo) -> str:
    """Returns the page for people: keys, files, how to make it again."""
    rows = [
        (
            str(instrument.slot.key),
            instrument.slot.name,
            instrument.slot.standard or "-",
            _files(instrument.files),
        )
        for instrument in kit.instruments
    ]
    programs = [
        (f"{kit.name}.sfz", "sforzando, sfizz, Ardour, LinuxSampler"),
        (f"{kit.name}.dspreset", "DecentSampler"),
        (f"{kit.name}.h2drumkit", "Hydrogen"),
        ("drumkit.txt", "Drumlabooh"),
        (
            "strudel.json",
            f"Strudel, served at {options.base_url} with CORS, as by "
            "npx @strudel/sampler",
        ),
        ("kit.json", "the keys, for any program"),
    ]
    keys = table([("key", "drum", "General MIDI", "sounds in turn"), *rows])
    return (
        f"{kit.name}: drums made by a neural network\n\n"
        f"{keys}\n{table(programs)}\n"
        f"Seed {options.seed}, model {info.fingerprint}.\n"
        "The JSON beside each sound holds what it was made of.\n"
        "LICENSE.txt says what the maker of the model grants.\n"
    )


def _files(names: Sequence[str]) -> str:
    """Returns the first file, and the number of others."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return names[0] + more


def table(lines: Sequence[Sequence[str]]) -> str:
    """Returns text in columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(map(str.ljust, line, widths)).rstrip() + "\n"
        for line in lines
    )
