"""Duty: the week of a place, who is there and how much they carry, opening hours, rosters as files."""
