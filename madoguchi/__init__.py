"""Madoguchi: one window between a multi-brand retailer and its customers."""

__version__ = "0.1.0"
