"""A text column whose content is useless without the installation's secret key (channel secrets, access tokens)."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"madoguchi.encrypted" + k.encode()).digest())) for k in keys]
    )


def _current() -> MultiFernet:
    return _cipher((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def decrypt(stored: str) -> str:
    """What the column holds, in clear; for those who read it without the ORM. Empty stays empty."""
    try:
        return _current().decrypt(stored.encode()).decode() if stored else ""
    except InvalidToken as error:
        raise ImproperlyConfigured(
            "A stored secret cannot be decrypted: MADOGUCHI_SECRET_KEY is not the key it was written with. "
            "Put the former key into MADOGUCHI_SECRET_KEY_FALLBACKS."
        ) from error


class EncryptedTextField(_TextField):
    """Text, encrypted with Fernet under SECRET_KEY; SECRET_KEY_FALLBACKS still decrypt, so keys can be rotated."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if not text else _current().encrypt(text.encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return decrypt(value) if value else value
