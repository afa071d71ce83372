"""`madoguchi …`: one module per command, cheap to import; those that need Django set it up when they run."""
