"""`python -m madoguchi.sandbox`: the LINE emulator alone."""

from .line.command import main

main()
