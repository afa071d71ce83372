"""The ways to a customer: accounts at providers, addresses at those accounts, the outbox. Knows addresses, not people."""
