"""What people can do about working time: seats, shifts, leave, opening hours."""

from madoguchi.duty.actions.seats import lock_seats as lock_seats
from madoguchi.duty.actions.seats import say_on_duty as say_on_duty
from madoguchi.duty.actions.seats import set_capacity as set_capacity
