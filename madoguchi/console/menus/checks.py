"""What is to be looked at in a design: what stands against publishing it, and what a colleague would point out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madoguchi.menus import layouts
from madoguchi.menus.models import Variant, Version
from madoguchi.menus.problems import Problem, problems


@dataclass(frozen=True, slots=True)
class Finding:
    problem: Problem
    is_advice: bool
    """It can be published all the same."""


def findings(version: Version, variants: Iterable[Variant]) -> list[Finding]:
    """``variants`` with their tabs and cells prefetched."""
    return [Finding(problem, False) for problem in problems(version)] + [
        Finding(problem, True) for problem in advice(variants)
    ]


def advice(variants: Iterable[Variant]) -> Iterator[Problem]:
    for variant in variants:
        for tab in variant.tabs.all():
            used = {cell.index for cell in tab.cells.all()}
            for index in range(layouts.LAYOUTS[tab.layout].cells):
                if index not in used:
                    yield Problem(_("This cell is empty: a tap does nothing."), variant.code, tab.position, index)
