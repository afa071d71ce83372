"""The snapshot: one JSON file, written aside and moved into place a moment after a change.

The tables are written in small portions with other work in between, so that a large history never stalls the loop."""

import asyncio
import dataclasses
import json
import os
import time
from pathlib import Path
from typing import IO, Any

from .clock import Clock
from .records import Json
from .world import TABLES, World

FORMAT = 1
PORTION = 200
DEBOUNCE_SECONDS = 1.0

# One encoder for all records: json.dumps makes a new one each time, which is most of its cost here.
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Store:
    """A snapshot file and the folder of media beside it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.media_folder = file.with_name(file.stem + "-media")
        self._saved_version = -1

    def load(self) -> World:
        """The saved world, or an empty one. ValueError when the file is not a snapshot of this format."""
        if not self.file.exists():
            return World()
        data: Json = json.loads(self.file.read_text())
        if data.get("format") != FORMAT:
            raise ValueError(f"{self.file} is no snapshot that this version reads; move it away to start afresh")
        clock = Clock(shift_seconds=data["clock"]["shift_seconds"], rate=data["clock"]["rate"])
        world = World(clock=clock, last_message_id=data["last_message_id"])
        for name, kind in TABLES.items():
            known = {each.name for each in dataclasses.fields(kind)}
            table = getattr(world, name)
            for key, values in data.get(name, {}).items():
                table[key] = kind(**{field: value for field, value in values.items() if field in known})
        world.reindex()
        self._saved_version = world.version
        return world

    async def keep_saved(self, world: World) -> None:
        """Save after changes until cancelled; a save that took long is followed by a longer pause."""
        pause = DEBOUNCE_SECONDS
        while True:
            await asyncio.sleep(pause)
            if world.version != self._saved_version:
                started = time.monotonic()
                await self.save(world)
                pause = max(DEBOUNCE_SECONDS, 10 * (time.monotonic() - started))

    async def save(self, world: World) -> None:
        if world.version == self._saved_version:
            return
        version = world.version
        self.file.parent.mkdir(parents=True, exist_ok=True)
        aside = self.file.with_suffix(".new")
        with aside.open("w", encoding="utf-8") as output:
            head = {
                "format": FORMAT,
                "clock": {"shift_seconds": world.clock.shift_seconds, "rate": world.clock.rate},
                "last_message_id": world.last_message_id,
            }
            output.write(json.dumps(head)[:-1])
            for name, kind in TABLES.items():
                await _write_table(output, name, kind, getattr(world, name))
            output.write("}\n")
            output.flush()
            await asyncio.to_thread(os.fsync, output.fileno())
        aside.replace(self.file)
        self._saved_version = version


async def _write_table(output: IO[str], name: str, kind: type[Any], table: dict[str, Any]) -> None:
    saved = [(each.name, _default(each)) for each in dataclasses.fields(kind) if each.metadata.get("saved", True)]
    output.write(f',\n"{name}": {{')
    keys = list(table)
    separator = "\n"
    for start in range(0, len(keys), PORTION):
        for key in keys[start : start + PORTION]:
            # What was forgotten while the file is written is simply no longer there.
            if (record := table.get(key)) is not None:
                values = {field: value for field, default in saved if (value := getattr(record, field)) != default}
                output.write(f"{separator}{json.dumps(key)}: {encode(values)}")
                separator = ",\n"
        await asyncio.sleep(0)
    output.write("}")


def _default(field: dataclasses.Field[Any]) -> Any:
    """What a record has when the snapshot says nothing; `MISSING` when it always has to say something."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
