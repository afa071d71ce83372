"""`madoguchi createstaff`: the first person, who then invites the others in the console."""

import argparse
import getpass
import os

from madoguchi.commands.environment import plain_errors, set_up_django
from madoguchi.kit.setup import SetupError

SUMMARY = "create a person who may sign in, an administrator of the whole company unless told otherwise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", help="what they sign in with")
    parser.add_argument("--name", help="as shown to colleagues (default: the user name)")
    parser.add_argument("--role", default="administrator", help="code of a role (default: administrator)")
    parser.add_argument("--locale", default="zh-hant", choices=["zh-hant", "zh-hans", "ja", "en"])
    parser.add_argument(
        "--superuser", action="store_true", help="may do everything everywhere, and read raw rows in the support pages"
    )
    parser.epilog = "The password is asked for, or read from MADOGUCHI_PASSWORD."


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.utils import timezone

    from madoguchi.organization.models import Posting, Role, Staff

    with plain_errors(), transaction.atomic():
        role = Role.objects.filter(code=arguments.role).first()
        if not role:
            codes = ", ".join(Role.objects.values_list("code", flat=True))
            raise SetupError(f"There is no role “{arguments.role}”. There are: {codes}.")
        if Staff.objects.filter(username=arguments.username).exists():
            raise SetupError(f"“{arguments.username}” exists already.")
        staff = Staff(
            username=arguments.username,
            display_name=arguments.name or arguments.username,
            locale=arguments.locale,
            is_superuser=arguments.superuser,
        )
        password = _ask_password()
        try:
            validate_password(password, staff)
        except ValidationError as error:
            raise SetupError(" ".join(error.messages)) from None
        staff.set_password(password)
        staff.save()
        Posting.objects.create(staff=staff, role=role, since=timezone.localdate())
    print(f"{staff.username} may now sign in as {role.code}.")
    return 0


def _ask_password() -> str:
    if given := os.environ.get("MADOGUCHI_PASSWORD"):
        return given
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise SetupError("The two passwords differ.")
    return first
