"""The ledger of who looks after whom: codes to scan, bindings and their reasons, changes that the customer agrees to."""
