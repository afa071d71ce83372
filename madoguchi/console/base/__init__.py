"""What every screen stands on: who may enter, how refusals are told, the person's language, the navigation."""
