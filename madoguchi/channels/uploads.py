"""Files that staff want to send: looked at by content, brought into a form that LINE takes, or refused by name and limit."""

from __future__ import annotations

import contextlib
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from madoguchi.channels import media_files, pictures
from madoguchi.channels.errors import FileRefused
from madoguchi.channels.line import limits
from madoguchi.channels.models import Account, Media

FILE_BYTES = 50_000_000
"""A file that goes as a link to us. LINE sets no limit; this is what a phone downloads without regret."""
PICTURE_BYTES = 50_000_000
"""Before it is made smaller."""
NAME_CHARACTERS = 120

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "application/zip": (".zip",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.ms-powerpoint": (".ppt",),
    f"{_OFFICE}wordprocessingml.document": (".docx",),
    f"{_OFFICE}spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "text/csv": (".csv",),
    "text/plain": (".txt", ".text", ".log"),
    "video/mp4": (".mp4", ".m4v"),
}
"""What may be sent besides pictures, and how its name ends. Anything else, programs above all, is refused."""
_ZIPPED_OFFICE = {
    suffix: kind for kind, suffixes in _SUFFIXES.items() if kind.startswith(_OFFICE) for suffix in suffixes
}
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+')
"""Control characters too, above all those that reverse the direction of text and so hide how a name ends."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on our disk, ready to be sent. Paths are relative to MEDIA_ROOT."""

    kind: str
    name: str
    content_type: str
    byte_size: int
    path: str
    preview_path: str = ""
    size: pictures.Size | None = None

    def remove(self) -> None:
        media_files.remove(self.path, self.preview_path)

    def row(self, account: Account, thread: int) -> Media:
        return Media(
            account=account,
            thread=thread,
            kind=self.kind,
            state=Media.State.STORED,
            name=self.name,
            content_type=self.content_type,
            byte_size=self.byte_size,
            width=self.size.width if self.size else None,
            height=self.size.height if self.size else None,
            path=self.path,
            preview_path=self.preview_path,
        )


@contextlib.contextmanager
def prepared(files: Sequence[UploadedFile[bytes]]) -> Iterator[list[Upload]]:
    """All of them on our disk, or none: what was written is removed when one is refused or the body raises.

    Raises FileRefused, which names the file and the limit.
    """
    made: list[Upload] = []
    try:
        for file in files:
            upload = _prepare(file)
            made.append(upload)  # one by one: those made before a refusal must be removed
        yield made
    except BaseException:
        for upload in made:
            upload.remove()
        raise


def _prepare(file: UploadedFile[bytes]) -> Upload:
    name = safe_name(file.name or "")
    try:
        if not file.size:
            raise FileRefused(_("The file is empty."))
        with media_files.draft() as draft:
            for chunk in file.chunks():
                draft.write(chunk)
            draft.file.flush()
            guessed = filetype.guess_mime(str(draft.path)) or ""
            if guessed.startswith("image/"):
                return _picture(draft, name, guessed)
            return _file(draft, name, _content_type(draft.path, name, guessed))
    except FileRefused as refusal:
        raise FileRefused(f"{name}: {refusal.message}") from refusal


def _picture(draft: media_files.Draft, name: str, guessed: str) -> Upload:
    if guessed == "image/heic":
        raise FileRefused(_("HEIC pictures cannot be converted here. Send it as JPEG or PNG."))
    _refuse_above(draft.size, PICTURE_BYTES)
    image, preview = pictures.sendable(draft.path), pictures.preview(draft.path)
    return Upload(
        kind=Media.Kind.IMAGE,
        name=Path(name).stem + image.suffix,
        content_type=image.content_type,
        byte_size=len(image.data),
        path=media_files.store([image.data], suffix=image.suffix),
        preview_path=media_files.store([preview.data], suffix=preview.suffix),
        size=image.size,
    )


def _file(draft: media_files.Draft, name: str, content_type: str) -> Upload:
    suffixes = _SUFFIXES[content_type]
    if not name.lower().endswith(suffixes):
        name += suffixes[0]
    if content_type == "video/mp4":
        _refuse_above(draft.size, limits.VIDEO_BYTES)
        kind, preview = Media.Kind.VIDEO, pictures.video_preview()
        preview_path = media_files.store([preview.data], suffix=preview.suffix)
    else:
        _refuse_above(draft.size, FILE_BYTES)
        kind, preview_path = Media.Kind.FILE, ""
    return Upload(kind, name, content_type, draft.size, draft.keep(suffixes[0]), preview_path)


def _content_type(path: Path, name: str, guessed: str) -> str:
    suffix = Path(name).suffix.lower()
    if guessed == "application/zip" and suffix in _ZIPPED_OFFICE and _is_office_document(path):
        return _ZIPPED_OFFICE[suffix]
    if guessed == "video/x-m4v":
        return "video/mp4"
    if guessed in _SUFFIXES:
        return guessed
    if not guessed and suffix in (".csv", *_SUFFIXES["text/plain"]) and _is_text(path):
        return "text/csv" if suffix == ".csv" else "text/plain"
    raise FileRefused(_("Pictures, MP4, MP3, PDF, Office documents, text and ZIP can be sent; this is something else."))


def _is_office_document(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        beginning = file.read(8192)
    return b"\x00" not in beginning and not beginning.startswith(b"#!")


def _refuse_above(size: int, limit: int) -> None:
    if size > limit:
        raise FileRefused(
            _("The file has %(size)s; at most %(limit)s can be sent.")
            % {"size": megabytes(size), "limit": megabytes(limit)}
        )


def megabytes(size: int) -> str:
    """LINE counts in millions; for small files Django's wording is good enough."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else filesizeformat(size).replace("\xa0", " ")


def safe_name(name: str) -> str:
    """Shown to the customer and used when they save the file."""
    cleaned = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .") or "file"
    stem, suffix = Path(cleaned).stem, Path(cleaned).suffix[:12]
    return stem[: NAME_CHARACTERS - len(suffix)] + suffix
