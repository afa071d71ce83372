"""Live signals: topics, NOTIFY, one listener per process, the SSE entrance."""
