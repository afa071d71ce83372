"""A LINE emulator for people who build on LINE: the API, webhooks and simulated phones on one loopback address.

The package knows LINE and nothing of the rest of the product, and nothing of the product imports it. State lives in
memory (`line.world`), time can be moved (`line.clock`), and `/sandbox/…` is a JSON API to play the people
(`line.control`). Run it alone with `python -m madoguchi.sandbox`.
"""
