"""What LINE checks in a request and JSON Schema does not catch: lengths in UTF-16 units and graphemes, counts, URLs."""
