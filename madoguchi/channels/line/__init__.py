"""LINE: the only place that knows how LINE speaks."""
