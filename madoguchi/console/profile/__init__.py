"""One's own page: name, language, looks, password, and where one works."""
