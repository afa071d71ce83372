"""The lines of an SVG icon as points: what the lucide set uses of SVG, and no more.

Commands and the arithmetic of arcs: https://www.w3.org/TR/SVG11/paths.html and its appendix F.6.5.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

Point = tuple[float, float]
Line = list[Point]

_SVG = "{http://www.w3.org/2000/svg}"
_TOKEN = re.compile(r"([MmLlHhVvCcAaZz])|(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)")
_CURVE_STEPS = 16
_ARC_STEP = math.pi / 24


def lines(svg: str) -> list[Line]:
    """In units of the icon's own box of 24. Raises ValueError for what the set does not use."""
    found: list[Line] = []
    for shape in ET.fromstring(svg):  # noqa: S314  # a file of a package we install, nobody's input
        found += _SHAPES[shape.tag.removeprefix(_SVG)](shape.attrib)
    return found


def _path(shape: dict[str, str]) -> list[Line]:
    tokens = [command or float(number) for command, number in _TOKEN.findall(shape["d"])]
    return list(_Path(tokens).lines())


def _circle(shape: dict[str, str]) -> list[Line]:
    x, y, radius = (float(shape[name]) for name in ("cx", "cy", "r"))
    return [[(x + radius * math.cos(a), y + radius * math.sin(a)) for a in _angles(0, 2 * math.pi)]]


def _polyline(shape: dict[str, str]) -> list[Line]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape["points"])]
    return [list(zip(numbers[::2], numbers[1::2], strict=True))]


def _straight(shape: dict[str, str]) -> list[Line]:
    return [[(float(shape["x1"]), float(shape["y1"])), (float(shape["x2"]), float(shape["y2"]))]]


def _rectangle(shape: dict[str, str]) -> list[Line]:
    x, y, width, height = (float(shape.get(name, 0)) for name in ("x", "y", "width", "height"))
    radius = float(shape.get("rx", shape.get("ry", 0)))
    corners = (
        (x + width - radius, y + radius, -0.5),
        (x + width - radius, y + height - radius, 0.0),
        (x + radius, y + height - radius, 0.5),
        (x + radius, y + radius, 1.0),
    )
    line = [
        (cx + radius * math.cos(a), cy + radius * math.sin(a))
        for cx, cy, start in corners
        for a in _angles(start * math.pi, (start + 0.5) * math.pi)
    ]
    return [[*line, line[0]]]


_SHAPES = {"path": _path, "circle": _circle, "polyline": _polyline, "line": _straight, "rect": _rectangle}


class _Path:
    """Walks along the commands of one ``d``."""

    def __init__(self, tokens: list[str | float]) -> None:
        self._tokens = tokens
        self._next = 0
        self._at: Point = (0.0, 0.0)

    def lines(self) -> Iterator[Line]:
        line: Line = []
        command = ""
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            if isinstance(token, str):
                command = token
                self._next += 1
            elif command in "Mm":
                command = "L" if command == "M" else "l"  # further pairs after a move are lines
            if command in "Mm":
                if line:
                    yield line
                self._at = self._point(command == "m")
                line = [self._at]
            elif command in "Zz":
                line.append(line[0])
                self._at = line[0]
            else:
                line += self._on(command)
                self._at = line[-1]
        if line:
            yield line

    def _on(self, command: str) -> Line:
        is_relative = command.islower()
        x, y = self._at
        match command.upper():
            case "L":
                return [self._point(is_relative)]
            case "H":
                return [(self._number() + (x if is_relative else 0), y)]
            case "V":
                return [(x, self._number() + (y if is_relative else 0))]
            case "C":
                return _curve(self._at, *(self._point(is_relative) for _ in range(3)))
            case "A":
                rx, ry, turn, large, sweep = (self._flag_or_number(place) for place in range(5))
                return _arc(self._at, rx, ry, math.radians(turn), bool(large), bool(sweep), self._point(is_relative))
        raise ValueError(command)

    def _point(self, is_relative: bool) -> Point:
        x, y = self._number(), self._number()
        return (self._at[0] + x, self._at[1] + y) if is_relative else (x, y)

    def _number(self) -> float:
        token = self._tokens[self._next]
        if isinstance(token, str):
            raise ValueError(token)  # noqa: TRY004  # the file is not what we read, no mistake of the caller
        self._next += 1
        return token

    def _flag_or_number(self, place: int) -> float:
        number = self._number()
        if place >= 3 and number not in (0.0, 1.0):
            raise ValueError(number)
        return number


def _curve(start: Point, one: Point, two: Point, end: Point) -> Line:
    def at(t: float, axis: int) -> float:
        u = 1 - t
        return u**3 * start[axis] + 3 * u * u * t * one[axis] + 3 * u * t * t * two[axis] + t**3 * end[axis]

    return [(at(step / _CURVE_STEPS, 0), at(step / _CURVE_STEPS, 1)) for step in range(1, _CURVE_STEPS + 1)]


def _arc(start: Point, rx: float, ry: float, turn: float, is_large: bool, is_sweep: bool, end: Point) -> Line:
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, -sin * dx + cos * dy
    if (wide := (x / rx) ** 2 + (y / ry) ** 2) > 1:
        rx, ry = rx * math.sqrt(wide), ry * math.sqrt(wide)
    square = max(0.0, (rx * ry) ** 2 - (rx * y) ** 2 - (ry * x) ** 2) / ((rx * y) ** 2 + (ry * x) ** 2)
    factor = math.sqrt(square) * (1 if is_large != is_sweep else -1)
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    last = math.atan2((-y - cy) / ry, (-x - cx) / rx)
    if is_sweep and last < first:
        last += 2 * math.pi
    elif not is_sweep and last > first:
        last -= 2 * math.pi
    middle = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
    along = [
        (
            middle[0] + cos * rx * math.cos(a) - sin * ry * math.sin(a),
            middle[1] + sin * rx * math.cos(a) + cos * ry * math.sin(a),
        )
        for a in _angles(first, last)[1:-1]
    ]
    return [*along, end]


def _angles(first: float, last: float) -> list[float]:
    steps = max(1, math.ceil(abs(last - first) / _ARC_STEP))
    return [first + (last - first) * step / steps for step in range(steps + 1)]
