"""The ways to a customer: accounts at providers, addresses at those accounts, and the outbox. Knows addresses, not people."""
