"""Brands, stores, departments and the people who work there."""
