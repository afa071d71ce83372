"""Turning notifications on and off for the browser at hand."""
