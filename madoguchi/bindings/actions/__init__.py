"""What staff and customers do about bindings. Nothing here sends: what is announced has its line in ``reactions``."""
