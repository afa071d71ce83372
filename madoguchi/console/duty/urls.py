from __future__ import annotations

from django.urls import path

from madoguchi.console.duty import mine, opening, people, rosters, shifts, week

urlpatterns = [
    path("duty", week.home, name="duty"),
    path("duty/mine", mine.duty_mine, name="duty_mine"),
    path("duty/<str:key>", week.week, name="duty_week"),
    path("duty/<str:key>/shifts", shifts.new, name="duty_shift_new"),
    path("duty/<str:key>/shifts/<int:shift_id>", shifts.shift, name="duty_shift"),
    path("duty/<str:key>/shifts/<int:shift_id>/removal", shifts.remove, name="duty_shift_removal"),
    path("duty/<str:key>/people", people.listing, name="duty_people"),
    path("duty/<str:key>/people/<str:public_id>", people.person, name="duty_person"),
    path("duty/<str:key>/people/<str:public_id>/capacity", people.capacity, name="duty_capacity"),
    path("duty/<str:key>/people/<str:public_id>/leave", people.leave, name="duty_leave"),
    path("duty/<str:key>/people/<str:public_id>/leave/<int:leave_id>/end", people.end_leave, name="duty_leave_end"),
    path("duty/<str:key>/opening", opening.opening, name="duty_opening"),
    path("duty/<str:key>/opening/hours", opening.hours, name="duty_hours"),
    path("duty/<str:key>/opening/holidays", opening.holidays, name="duty_holidays"),
    path("duty/<str:key>/opening/days", opening.exception, name="duty_exception"),
    path("duty/<str:key>/opening/days/<str:day>/removal", opening.remove_exception, name="duty_exception_removal"),
    path("duty/<str:key>/roster", rosters.roster, name="duty_roster"),
    path("duty/<str:key>/roster/roster.csv", rosters.download, name="duty_roster_file"),
    path("duty/<str:key>/roster/attempt", rosters.attempt, name="duty_roster_attempt"),
    path("duty/<str:key>/roster/import", rosters.take_in, name="duty_roster_import"),
]
