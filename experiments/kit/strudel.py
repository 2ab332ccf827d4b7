"""Strudel's map of samples, strudel.json: live coding in the browser.

``samples('http://localhost:5432/strudel.json')`` in Strudel, where the folder
is served, makes ``s("bd sd [hh hh] oh")`` play the kit.
"""

import json

from experiments.kit.instruments import Kit


def text(kit: Kit, base_url: str) -> str:
    """Returns the content of strudel.json.

    Args:
      kit: the kit.
      base_url: where its folder is served, or github:user/repository/branch.
    """
    base = base_url if base_url.endswith("/") else base_url + "/"
    banks = {drum.slot.code: list(drum.files) for drum in kit.drums}
    return json.dumps({"_base": base, **banks}, indent=1) + "\n"
