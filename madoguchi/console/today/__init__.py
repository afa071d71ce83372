"""The console for people who stand at a counter: what today holds, and the code that customers scan."""
