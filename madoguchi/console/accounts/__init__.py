"""The accounts that customers write to: whether they work, what is left of the month, and connecting one."""
