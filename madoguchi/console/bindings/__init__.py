"""Who looks after whom: the numbers of the ledger, a market's rules, people who leave, and one's own customers."""
