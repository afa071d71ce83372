"""Identifiers that people outside see."""

import re

from madoguchi.kit.public_id import LENGTH, new_public_id


def test_an_id_is_long_readable_and_never_the_same() -> None:
    ids = [new_public_id() for _ in range(2_000)]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(rf"[2-9a-hj-km-np-z]{{{LENGTH}}}", each) for each in ids)


def test_every_letter_comes_in_every_place() -> None:
    ids = [new_public_id() for _ in range(2_000)]

    assert [len(set(place)) for place in zip(*ids, strict=True)] == [31] * LENGTH
