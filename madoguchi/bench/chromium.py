"""Where a browser is, if there is one on this machine: for the journeys and for what is measured in it."""

import os
import shutil
from functools import cache

HOW_TO_GET_ONE = (
    "no Chromium on this machine: install it (Debian: apt-get install chromium) "
    "or name one with MADOGUCHI_CHROMIUM=/path/to/chrome"
)


@cache
def find_chromium() -> str | None:
    """The program to start, or None. `MADOGUCHI_CHROMIUM` wins over what is found on the PATH."""
    named = os.environ.get("MADOGUCHI_CHROMIUM")
    candidates = [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next(filter(None, map(shutil.which, candidates)), None)
