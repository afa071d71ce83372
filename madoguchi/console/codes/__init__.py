"""Codes that customers scan: one's own, and, for those who keep them, everybody's at their places."""
