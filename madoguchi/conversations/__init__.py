"""The exchange itself: messages, who holds it, how long the customer has waited."""
