"""Rows of the ledger: how a customer comes to a person or a store, who looks after them from when to when, and why it ended.

A binding without a person belongs to the store: its whole team looks after the customer (the store's *pool*).
"""

from madoguchi.bindings.models.changes import Departure, Offer, Rest
from madoguchi.bindings.models.ledger import ALL_BRANDS, Binding, BindingQuerySet, Code, Scan, StaffMember, Way
from madoguchi.bindings.models.rules import FirstMessage, FirstMessageLimit, Policy

__all__ = [
    "ALL_BRANDS",
    "Binding",
    "BindingQuerySet",
    "Code",
    "Departure",
    "FirstMessage",
    "FirstMessageLimit",
    "Offer",
    "Policy",
    "Rest",
    "Scan",
    "StaffMember",
    "Way",
]
