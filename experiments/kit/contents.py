"""All files of a kit, as bytes by their names."""

import os
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
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import Recipe

FORMAT = "wavegan-cond kit 1"


def all_files(
    kit: Kit,
    sounds: Sequence[tuple[Recipe, bytes]],
    options: KitOptions,
    info: ModelInfo,
    model_path: str | os.PathLike,
    texts: Mapping[str, str],
) -> dict[str, bytes]:
    """Returns the content of every file of a kit.

    Args:
      kit: the kit.
      sounds: the recipe of each sound with the content of its file.
      options: by which it was made.
      info: description of the model.
      model_path: path of the model that is listed.
      texts: licences, see ``licences.find``.
    """
    wavs = {recipe.file: wav for recipe, wav in sounds}
    granted = licence.text(info, dict(texts)).encode()
    listed = describe(kit, options, info)
    xml = hydrogen.document(kit, listed, licence.summary(dict(texts)))
    name = kit.name
    return {
        **wavs,
        generation_log.NAME: list_sounds(sounds, info, model_path),
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


def list_sounds(
    sounds: Sequence[tuple[Recipe, bytes]],
    info: ModelInfo,
    model_path: str | os.PathLike,
) -> bytes:
    """Returns sounds.json: all that makes the sounds again."""
    content = generation_log.merge(
        generation_log.empty(),
        generation_log.describe_model(info, model_path),
        [recipe.entry(info.fingerprint, wav) for recipe, wav in sounds],
        [],
    )
    return readable_json.to_text(content).encode()


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
        "sounds.json holds what each sound was made of; with the model,\n"
        "python -m experiments.generate --again=sounds.json makes them again.\n"
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
