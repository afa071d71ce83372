"""The simulated LINE phones and the start page: what a person sees of the sandbox.

`setup` adds them to the emulator's application. Everything on the pages comes from the emulator's control API
(`/sandbox/…`) on the same origin; nothing here keeps state.
"""

from madoguchi.sandbox.phones.views import DEMO_INFO, setup

__all__ = ["DEMO_INFO", "setup"]
