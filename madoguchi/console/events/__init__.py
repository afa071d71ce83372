"""What came in and could not be handled: how the entrance is doing, and trying again."""
