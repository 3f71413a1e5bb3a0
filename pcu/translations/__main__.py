"""`python -m pcu.translations`: bring every catalogue up to date with the code, and tell what is left to translate."""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcu.settings")
    django.setup()
    from pcu.translations import catalogue
    from pcu.translations.extraction import extracted

    found = extracted()
    for language in catalogue.languages():
        fresh = catalogue.updated(catalogue.stored(language), found)
        catalogue.write(language, fresh)
        left = catalogue.faults(found, fresh)
        sys.stdout.write("".join(f"{language}: {fault}\n" for fault in left))
        sys.stdout.write(f"{language}: {len(fresh)} texts, {len(left)} to be mended\n")


if __name__ == "__main__":
    main()
