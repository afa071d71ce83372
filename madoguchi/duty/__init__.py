"""Who is on duty, where and when: opening hours, holidays, rosters, leave, and each person's seat."""
