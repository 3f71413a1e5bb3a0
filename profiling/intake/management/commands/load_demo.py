"""The demo installation: the unit tree, the starter rules, one sign-in per role and a client token. Invented data."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Role
from profiling.rules.services import install_starter

COUNTRIES = {
    "KZ": {"en": "Kazakhstan", "ru": "Казахстан"},
    "TJ": {"en": "Tajikistan", "ru": "Таджикистан"},
    "UZ": {"en": "Uzbekistan", "ru": "Узбекистан"},
}
# code, country, names, post, time zone
UNITS = (
    ("ALT", "KZ", {"en": "Altynkol", "ru": "Алтынколь"}, "rail", "Asia/Almaty"),
    ("DSB", "TJ", {"en": "Dushanbe-2", "ru": "Душанбе-2"}, "rail", "Asia/Dushanbe"),
    ("NPJ", "TJ", {"en": "Nizhniy Pyanj", "ru": "Нижний Пяндж"}, "road", "Asia/Dushanbe"),
    ("CHU", "UZ", {"en": "Chukursay", "ru": "Чукурсай"}, "rail", "Asia/Tashkent"),
)
# user name, first name, last name, role, agency, unit, language
PEOPLE = (
    ("officer", "Айгерим", "Серикбай", Role.OFFICER, Agency.CUSTOMS, "ALT", "ru"),
    ("officer2", "Daniyar", "Muratov", Role.OFFICER, Agency.DRUG_CONTROL, "ALT", "en"),
    ("analyst", "Saule", "Abenova", Role.ANALYST, Agency.CUSTOMS, "ALT", "en"),
    ("supervisor", "Nurlan", "Zhakupov", Role.SUPERVISOR, Agency.CUSTOMS, "KZ", "en"),
    ("liaison", "Dilfuza", "Karimova", Role.LIAISON, Agency.CUSTOMS, "UZ", "ru"),
    ("auditor", "Farrukh", "Nazarov", Role.AUDITOR, Agency.CUSTOMS, "TJ", "en"),
    ("dushanbe", "Zafar", "Rahimov", Role.OFFICER, Agency.CUSTOMS, "DSB", "ru"),
)
SIGN_INS_FILE = "demo-sign-ins"
HISTORY_YEARS = 3


class Command(BaseCommand):
    help = "Load the demo installation (once; a second run only prints the sign-ins)."

    def handle(self, *args: Any, **options: Any) -> None:
        passwords = self._secrets()
        with transaction.atomic():
            units = self._units()
            for username, first, last, role, agency, unit, language in PEOPLE:
                if not User.objects.filter(username=username).exists():
                    user = accounts.create_person(
                        username=username,
                        password=passwords[0],
                        first_name=first,
                        last_name=last,
                        language=language,
                    )
                    accounts.grant(user=user, unit=units[unit], role=role, agency=agency)
            if not User.objects.filter(username="admin").exists():
                admin = accounts.create_person(username="admin", password=passwords[0], last_name="Administrator")
                admin.is_superuser = admin.is_staff = True
                admin.save()
                for code in COUNTRIES:
                    accounts.grant(user=admin, unit=units[code], role=Role.ADMINISTRATOR)
            token = self._token(passwords[1], units)
        for username, _first, _last, role, _agency, unit, _language in PEOPLE:
            self.stdout.write(f"{role.value:14} {username:12} {passwords[0]}   ({units[unit].names['en']})")
        self.stdout.write(f"{'administrator':14} {'admin':12} {passwords[0]}")
        self.stdout.write(f"API token: {token}")

    def _secrets(self) -> tuple[str, str]:
        """The password of the demo people, and the client's token once it was issued: kept beside the store."""
        path = self._path()
        if path.exists():
            password, token = path.read_text().split("\n")[:2]
            return password, token
        path.parent.mkdir(parents=True, exist_ok=True)
        password = f"demo-{secrets.token_hex(4)}-unit"
        self._keep(password, "")
        return password, ""

    def _path(self) -> Path:
        return Path(settings.STORE_DIR).parent / SIGN_INS_FILE

    def _keep(self, password: str, token: str) -> None:
        path = self._path()
        path.touch(mode=0o600)
        path.write_text(f"{password}\n{token}\n")

    def _units(self) -> dict[str, Unit]:
        units = {}
        for code, names in COUNTRIES.items():
            units[code], _made = Unit.objects.get_or_create(
                code=code, defaults={"kind": Unit.Kind.COUNTRY, "names": names, "country": code}
            )
            install_starter(unit=units[code])
        since = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=365 * HISTORY_YEARS)
        for code, country, names, post, zone in UNITS:
            units[code], _made = Unit.objects.get_or_create(
                code=code,
                defaults={
                    "parent": units[country],
                    "names": names,
                    "country": country,
                    "post": post,
                    "time_zone": zone,
                    "history_since": since,
                },
            )
        return units

    def _token(self, known: str, units: dict[str, Unit]) -> str:
        client = User.objects.filter(username="demo-client").first()
        if client is None:
            client = accounts.create_client(username="demo-client", name="Demo forwarder")
            for code in COUNTRIES:
                accounts.grant(user=client, unit=units[code], role=Role.CLIENT)
            known = ""
        if not known:
            known = accounts.issue_token(client=client)
            self._keep(self._secrets()[0], known)
        return known
