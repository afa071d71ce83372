"""What people and channels can do in a conversation: one module for each verb."""
