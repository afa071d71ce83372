"""Quick phrases: one's own, and those that everybody at a place shares."""
