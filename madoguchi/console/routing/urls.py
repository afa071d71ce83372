from __future__ import annotations

from django.urls import path

from madoguchi.console.routing import away, rules, skills, teams, trial

urlpatterns = [
    path("routing", rules.listing, name="routing"),
    path("routing/rules/new", rules.new, name="rule_new"),
    path("routing/rules/sentence", rules.sentence, name="rule_sentence"),
    path("routing/rules/<int:rule_id>", rules.edit, name="rule"),
    path("routing/rules/<int:rule_id>/position", rules.move, name="rule_position"),
    path("routing/rules/<int:rule_id>/activity", rules.set_active, name="rule_activity"),
    path("routing/rules/<int:rule_id>/removal", rules.remove, name="rule_removal"),
    path("routing/trial", trial.try_it, name="routing_trial"),
    path("routing/trial/customers", trial.customers, name="routing_customers"),
    path("routing/teams", teams.listing, name="teams"),
    path("routing/teams/rows", teams.rows, name="team_rows"),
    path("routing/teams/<str:place>", teams.edit, name="team"),
    path("routing/teams/<str:place>/people", teams.people, name="team_people"),
    path("routing/teams/<str:place>/defaults", teams.reset, name="team_defaults"),
    path("routing/skills", skills.listing, name="skills"),
    path("routing/skills/new", skills.new, name="skill_new"),
    path("routing/skills/<int:skill_id>", skills.edit, name="skill"),
    path("routing/skills/<int:skill_id>/people", skills.set_people, name="skill_people"),
    path("routing/skills/<int:skill_id>/removal", skills.remove, name="skill_removal"),
    path("routing/away", away.listing, name="away_replies"),
    path("routing/away/preview", away.preview, name="away_preview"),
    path("routing/away/<str:scope>", away.edit, name="away_reply"),
]
