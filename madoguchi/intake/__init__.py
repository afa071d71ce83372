"""The way in: the webhook entrance, raw events, the consumer, and one table from kinds of event to actions."""
