"""Sounds of WebAudioFont: each is an MP3 in base64, on a line of a script.

var _drum_35_10_FluidR3_GM_sf2_file={
  zones:[
    {
      midi:128
      ,sampleRate:44100
      ,file:'SUQzBAAAAAAAI1RTU0UAAAAPAAADTGF2ZjU3LjcyLjEwMQ...'
"""

import base64
import re

SCRIPT = ".js"
SOUND = ".mp3"  # behind the name of the script
START = b"ID3"  # of an MP3 with tags in front, as all of these are
_FILE = re.compile(rb"^[\t ]*,file:'([A-Za-z0-9+/]+={0,2})'$", re.MULTILINE)


def name_sound(file: str) -> str:
    """Returns where the sound of a file goes: beside a script, or itself."""
    return file + SOUND if file.endswith(SCRIPT) else file


def name_script(file: str) -> str:
    """Returns the script that a sound is beside, or "", see ``name_sound``."""
    return file.removesuffix(SOUND) if file.endswith(SCRIPT + SOUND) else ""


def read_sound(script: bytes) -> bytes:
    """Returns the one sound of a script.

    Raises:
      ValueError: it does not hold one.
    """
    texts = _FILE.findall(script)
    if len(texts) == 1 and len(texts[0]) % 4 == 0:
        sound = base64.b64decode(texts[0], validate=True)
        if sound.startswith(START):
            return sound
    raise ValueError("the script does not hold one MP3")
