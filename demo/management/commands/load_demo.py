"""The demo installation: the unit tree, the starter rules, one sign-in per role and API tokens. Invented data."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from demo.past import DAYS
from inspections.lists import install_starter_lists
from pcu.accounts import services as accounts
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Role
from profiling.codelists.starter import load_starter
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
    ("analyst_kz", "Асель", "Сарсенова", Role.ANALYST, Agency.CUSTOMS, "KZ", "ru"),
    ("supervisor", "Nurlan", "Zhakupov", Role.SUPERVISOR, Agency.CUSTOMS, "KZ", "en"),
    ("liaison_kz", "Гульнара", "Тлеубаева", Role.LIAISON, Agency.CUSTOMS, "ALT", "ru"),
    ("supervisor_uz", "Gulnora", "Rashidova", Role.SUPERVISOR, Agency.CUSTOMS, "UZ", "ru"),
    ("supervisor_tj", "Манучехр", "Холов", Role.SUPERVISOR, Agency.CUSTOMS, "TJ", "ru"),
    ("liaison", "Dilfuza", "Karimova", Role.LIAISON, Agency.CUSTOMS, "UZ", "ru"),
    ("auditor", "Farrukh", "Nazarov", Role.AUDITOR, Agency.CUSTOMS, "TJ", "en"),
    ("dushanbe", "Zafar", "Rahimov", Role.OFFICER, Agency.CUSTOMS, "DSB", "ru"),
    ("panj", "Парвиз", "Шарипов", Role.OFFICER, Agency.DRUG_CONTROL, "NPJ", "ru"),
    ("dushanbe2", "Фаррух", "Раҳимов", Role.OFFICER, Agency.DRUG_CONTROL, "DSB", "ru"),
    ("panj2", "Нигина", "Сафарова", Role.OFFICER, Agency.CUSTOMS, "NPJ", "ru"),
    ("chukursay2", "Jasur", "Karimov", Role.OFFICER, Agency.DRUG_CONTROL, "CHU", "en"),
    ("chukursay", "Otabek", "Yo‘ldoshev", Role.OFFICER, Agency.CUSTOMS, "CHU", "en"),
)
SIGN_INS_FILE = "demo-sign-ins"


@dataclass
class SignIns:
    """The password of the demo people, the token of the client, and the one of who loads history."""

    password: str
    token: str = ""
    keeper_token: str = ""


def _sign_ins_path() -> Path:
    """Beside the store."""
    return Path(settings.STORE_DIR).parent / SIGN_INS_FILE


def read_sign_ins() -> SignIns | None:
    """The sign-ins of the demo, None before it was loaded."""
    path = _sign_ins_path()
    return SignIns(**json.loads(path.read_text())) if path.exists() else None


class Command(BaseCommand):
    help = "Load the demo installation (once; a second run only prints the sign-ins)."

    def handle(self, *args: Any, **options: Any) -> None:
        signs = read_sign_ins() or SignIns(password=f"demo-{secrets.token_hex(4)}-unit")
        with transaction.atomic():
            load_starter()
            units = self._units()
            for username, first, last, role, agency, unit, language in PEOPLE:
                if not User.objects.filter(username=username).exists():
                    user = accounts.create_person(
                        username=username,
                        password=signs.password,
                        first_name=first,
                        last_name=last,
                        language=language,
                    )
                    accounts.grant(user=user, unit=units[unit], role=role, agency=agency)
            self._admin(signs, units)
            self._client(signs, units)
        self._keep(signs)
        for username, _first, _last, role, _agency, unit, _language in PEOPLE:
            self.stdout.write(f"{role.value:14} {username:12} {signs.password}   ({units[unit].names['en']})")
        self.stdout.write(f"{'administrator':14} {'admin':12} {signs.password}")
        self.stdout.write(f"API token: {signs.token}")

    def _keep(self, signs: SignIns) -> None:
        path = _sign_ins_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(signs)))

    def _units(self) -> dict[str, Unit]:
        units = {}
        for code, names in COUNTRIES.items():
            units[code], _made = Unit.objects.get_or_create(
                code=code, defaults={"kind": Unit.Kind.COUNTRY, "names": names, "country": code}
            )
            install_starter(unit=units[code])
            install_starter_lists(units[code])
        since = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=DAYS)
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

    def _admin(self, signs: SignIns, units: dict[str, Unit]) -> None:
        admin = User.objects.filter(username="admin").first()
        if admin is None:
            admin = accounts.create_person(username="admin", password=signs.password, last_name="Administrator")
            admin.is_superuser = admin.is_staff = True
            admin.save()
            for code in COUNTRIES:
                accounts.grant(user=admin, unit=units[code], role=Role.ADMINISTRATOR)
            signs.keeper_token = ""
        signs.keeper_token = signs.keeper_token or accounts.issue_token(client=admin)

    def _client(self, signs: SignIns, units: dict[str, Unit]) -> None:
        client = User.objects.filter(username="demo-client").first()
        if client is None:
            client = accounts.create_client(username="demo-client", name="Demo forwarder")
            for code in COUNTRIES:
                accounts.grant(user=client, unit=units[code], role=Role.CLIENT)
            signs.token = ""
        signs.token = signs.token or accounts.issue_token(client=client)
