"""The screen that is open all day: queue, thread, customer."""
