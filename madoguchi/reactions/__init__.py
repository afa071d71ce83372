"""What follows from what was announced: the one upward arrow of the architecture, as one table."""
