"""Web push to the phones of staff: what must not wait until somebody looks at the screen."""
