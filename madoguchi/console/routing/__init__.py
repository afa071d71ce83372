"""Where conversations go: the rules as sentences, trying them out, teams, skills, away replies."""
