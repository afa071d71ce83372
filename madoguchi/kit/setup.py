"""What the person who runs the product is told when it cannot run: one plain sentence, never a traceback."""

import os
import shutil
from pathlib import Path


class SetupError(Exception):
    """Something outside the program must be put right first; the message says what and how."""


def make_folder(folder: Path, *, mode: int = 0o755) -> None:
    """Create `folder` and its parents when missing, and make sure that we can write in it. Raises SetupError."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise SetupError(f"{folder} must be a folder, but a file of that name is in the way.") from None
    except OSError as error:
        raise SetupError(f"The folder {folder} cannot be created: {error.strerror}. {_CHOOSE}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SetupError(f"The folder {folder} cannot be written to by this account. {_CHOOSE}")


def require_space(folder: Path, *, megabytes: int) -> None:
    """Raise SetupError unless the disk that holds `folder` has so many megabytes left."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise SetupError(
            f"The disk that holds {folder} has {free} MB left and {megabytes} MB are needed. Make room there. {_CHOOSE}"
        )


_CHOOSE = "Another data folder can be chosen with VAR=/path/to/folder."
