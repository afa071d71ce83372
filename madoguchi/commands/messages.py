"""`madoguchi messages`: bring the translation catalogues up to date with the texts in code and templates."""

import argparse

SUMMARY = "update the translation catalogues; with --check only say what is missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when something is missing")


def run(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    settings.configure(USE_I18N=True)  # reading templates needs no more of Django than this
    from madoguchi.kit import catalogues

    texts = catalogues.template()
    missing = []
    for locale in catalogues.LOCALES:
        if not arguments.check:
            catalogues.update(locale, texts)
        missing += catalogues.gaps(locale, texts)
    print("\n".join(missing) or f"All {len(texts)} texts are translated.")
    return int(bool(missing) and arguments.check)
