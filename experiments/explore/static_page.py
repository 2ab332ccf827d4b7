"""The page as files that any web server serves: the model runs in the browser.

  index.html, *.js, page.css     the page, with the engine in ``static``
  mix.onnx, info.json            the model, and its description
  seeds.f32, map.json            z of the first seeds, and the map
  ort.wasm.bundle.min.js, ort-wasm-simd-threaded.wasm
                                 ONNX Runtime Web, from the npm registry
  MODEL_CARD.md and such         what stands beside the model about its licence
  credits.html                   that and the licence of ONNX Runtime, as a page

The model runs on one thread of WebAssembly, not on WebGPU, which corrupts audio
on some hardware (onnxruntime issue 29807).
"""

import base64
import hashlib
import html
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping

from experiments.explore.app import page_files
from experiments.explore.instrument import Instrument
from wavegan_cond.saved_models import onnx_format, reference
from wavegan_cond.saved_models.export import ExportSource
from wavegan_cond.saved_models.portable import portable_functions
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import write_bytes, write_text
from wavegan_cond.storage.folders import new_folder
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import from_generator

STATIC = pathlib.Path(__file__).parent / "static"
SEEDS = 4096  # of which the page knows z
PACKAGE = "onnxruntime-web@1.30.0"
# SHA-512 of its archive, as the registry has it.
INTEGRITY = (
    "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1Sig"
    "qR4CXAfKYQ=="
)
# Files of the page, and what they are in the archive. Many web servers do not
# know that .mjs is a script, and no browser takes it for one then.
RUNTIME = {
    "ort.wasm.bundle.min.js": "ort.wasm.bundle.min.mjs",
    "ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm",
}
PATIENCE = 300  # seconds for the registry
# WebAssembly counts as a script that is evaluated.
POLICY = "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
NOTICE = "ONNXRUNTIME_LICENSE.txt"  # one of ``STATIC``
CREDITS = "credits.html"
FOOTER = f'<footer><a href="{CREDITS}">Licence and credits</a></footer>\n'


class StaticError(Exception):
    """Missing parts of the page; the message says what to do."""

    exit_code = 2


def write_page(
    source: ExportSource,
    texts: Mapping[str, str],
    output_dir: str | os.PathLike,
) -> int:
    """Writes the page of a model.

    Args:
      source: the model.
      texts: card and licence of the model, see ``licences.find``.
      output_dir: path of the new folder; it is written atomically.

    Returns:
      The bytes of all files.

    Raises:
      StaticError: ONNX Runtime Web cannot be had.
      FolderError: ``output_dir`` is not empty.
      WriteError: a file cannot be written.
      ModelError: the model cannot be converted.
    """
    runtime = fetch_runtime()
    synth = from_generator(source.generator, source.info)
    instrument = Instrument(synth, source.places)
    if source.places is None:
        instrument.make_map()
    info = {**instrument.info(), "seeds": SEEDS}
    seeds = latents.draw(source.info, 0, SEEDS)
    with new_folder(output_dir) as folder:
        write_model(source, folder)
        files = {**static_files(), **runtime}
        for name, content in files.items():
            write_bytes(folder / name, content)
        for name, text in texts.items():
            write_text(folder / name, text)
        notices = {**texts, NOTICE: files[NOTICE].decode()}
        write_text(folder / CREDITS, credits_page(notices))
        write_bytes(folder / "seeds.f32", seeds.astype("<f4").tobytes())
        write_text(folder / "info.json", json.dumps(info))
        write_text(folder / "map.json", json.dumps(instrument.map()))
        checksums.write_manifest(folder)
        return sum(path.stat().st_size for path in folder.iterdir())


def write_model(source: ExportSource, folder: pathlib.Path) -> None:
    """Writes mix.onnx and compares its sounds with the model's."""
    mix = portable_functions(source.generator, source.info)["mix"]
    text = source.text()
    onnx_format.write({"mix": mix}, source.generator, text, folder)
    expected = reference.make(source.generator, source.info)["mix"]
    reference.check({"mix": expected}, onnx_format.load(folder))


def static_files() -> dict[str, bytes]:
    """Returns the files of the page by name, with the engine of ``static``."""
    files = page_files()
    index = files["index.html"].decode()
    for old, new in (POLICY, ("</main>\n", f"</main>\n{FOOTER}")):
        if old not in index:
            raise ValueError(f"index.html has no {old}")
        index = index.replace(old, new)
    files["index.html"] = index.encode()
    return files | {path.name: path.read_bytes() for path in STATIC.iterdir()}


def credits_page(texts: Mapping[str, str]) -> str:
    """Returns licences and credits as a page, each below its name."""
    parts = "".join(
        f"<h2>{html.escape(name)}</h2>\n<pre>{html.escape(text)}</pre>\n"
        for name, text in texts.items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        '<link rel="stylesheet" href="page.css">\n'
        "<title>Licence and credits</title>\n<h1>Licence and credits</h1>\n"
        f"<section>\n{parts}</section>\n</html>\n"
    )


def fetch_runtime() -> dict[str, bytes]:
    """Returns the files of ONNX Runtime Web by name, with the npm client.

    Raises:
      StaticError: npm is not there, the registry cannot be reached, or the
        archive is another one.
    """
    npm = shutil.which("npm")
    if not npm:
        raise StaticError(
            f"--static needs npm, to get {PACKAGE}: install Node.js"
        )
    with tempfile.TemporaryDirectory() as scratch:
        try:
            subprocess.run(
                [npm, "pack", PACKAGE, "--silent"],
                cwd=scratch,
                check=True,
                capture_output=True,
                timeout=PATIENCE,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StaticError(
                f"npm pack {PACKAGE} does not work here: is the npm registry "
                "reached?"
            ) from error
        (archive,) = pathlib.Path(scratch).glob("*.tgz")
        return unpack(archive.read_bytes())


def unpack(archive: bytes) -> dict[str, bytes]:
    """Returns the files of the runtime in an archive of npm.

    Raises:
      StaticError: it is not the archive that is expected.
    """
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if digest != INTEGRITY:
        raise StaticError(f"the archive of {PACKAGE} is another one: {digest}")
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        return {
            name: files.extractfile(f"package/dist/{packed}").read()
            for name, packed in RUNTIME.items()
        }
