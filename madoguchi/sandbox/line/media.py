"""Files that people send, and rich menu images: kept in a folder beside the snapshot."""

import asyncio
import io
import mimetypes
import secrets
import shutil
import tempfile
from pathlib import Path

import filetype
from PIL import Image

PREVIEW_PIXELS = 384


class MediaStore:
    """Names are random and carry the type as their suffix. Without a folder a temporary one is used."""

    def __init__(self, folder: Path | None = None) -> None:
        self._temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="madoguchi-sandbox-"))

    async def save(self, data: bytes, *, file_name: str = "") -> str:
        return await asyncio.to_thread(self._save, data, file_name)

    def path(self, name: str) -> Path | None:
        """Where the file is; None when there is none of that name."""
        if not name or "/" in name or name.startswith("."):
            return None
        path = self.folder / name
        return path if path.is_file() else None

    async def preview(self, name: str) -> str | None:
        """The name of a small JPEG of an image, made when first asked for."""
        return await asyncio.to_thread(self._preview, name)

    def close(self) -> None:
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _save(self, data: bytes, file_name: str) -> str:
        kind = filetype.guess(data)
        suffix = f".{kind.extension}" if kind else Path(file_name).suffix.lower()[:12] or ".bin"
        name = secrets.token_hex(16) + suffix
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        return name

    def _preview(self, name: str) -> str | None:
        source = self.path(name)
        if source is None:
            return None
        made = f"{source.stem}.preview.jpg"
        if not (self.folder / made).exists():
            try:
                with Image.open(source) as image:
                    image.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
                    buffer = io.BytesIO()
                    image.convert("RGB").save(buffer, "JPEG", quality=80)
            except OSError:
                if not content_type(name).startswith("video/"):
                    return None
                # Nothing here can read a video; a plain picture stands for its first frame.
                buffer = io.BytesIO()
                Image.new("RGB", (PREVIEW_PIXELS, PREVIEW_PIXELS * 9 // 16), "#2b2f36").save(buffer, "JPEG")
            (self.folder / made).write_bytes(buffer.getvalue())
        return made


def content_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
