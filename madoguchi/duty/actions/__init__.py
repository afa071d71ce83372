"""What people can do about working time: seats, shifts, leave, opening hours."""

from madoguchi.duty.actions.leaves import add_leave as add_leave
from madoguchi.duty.actions.leaves import remove_leave as remove_leave
from madoguchi.duty.actions.opening import remove_day_exception as remove_day_exception
from madoguchi.duty.actions.opening import save_day_exception as save_day_exception
from madoguchi.duty.actions.opening import save_opening_hours as save_opening_hours
from madoguchi.duty.actions.opening import set_holiday_rule as set_holiday_rule
from madoguchi.duty.actions.seats import lock_seats as lock_seats
from madoguchi.duty.actions.seats import say_on_duty as say_on_duty
from madoguchi.duty.actions.seats import set_capacity as set_capacity
from madoguchi.duty.actions.shifts import add_shift as add_shift
from madoguchi.duty.actions.shifts import remove_shift as remove_shift
