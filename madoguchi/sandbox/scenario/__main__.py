"""`python -m madoguchi.sandbox.scenario` is `madoguchi scenario`."""

import sys

from madoguchi.__main__ import main

sys.exit(main(["scenario", *sys.argv[1:]]))
