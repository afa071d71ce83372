"""Which desk a conversation goes to: written rules, skills and capacity, decided by the router, kept with reasons."""
