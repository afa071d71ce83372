"""The people: one member, however many addresses they write from."""
