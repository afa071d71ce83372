"""Who we are: markets, brands, stores, departments, and the people who work there with what they may do."""
