"""What staff use: the screens, grouped by screen. Views parse, call one action, render."""
