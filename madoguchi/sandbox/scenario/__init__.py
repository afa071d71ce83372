"""The demo scenario: a fictional group of 29 brands, seen from both sides.

It is the only part of the sandbox that knows the product. It writes the company into the database and the people into
the sandbox, so that a phone and the console show the same chats. Everything follows from the seed and the moment of
loading; names, dialogues and pictures are made up.
"""

from madoguchi.sandbox.scenario.load import DemoInfo, load

__all__ = ["DemoInfo", "load"]
