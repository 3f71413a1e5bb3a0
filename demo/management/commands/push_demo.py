"""Push the demonstration's cargo through the installation's own REST API, as a railway would. Invented data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import desk
from demo.management.commands.load_demo import read_sign_ins
from demo.ninety import live
from demo.past import past
from demo.sender import Sender
from demo.today import today
from pcu.accounts.models import User

BEGAN_FILE = "demo-began"
PUSHED_FILE = "demo-pushed"


class Command(BaseCommand):
    help = "Push the cargo of the demonstration; what was begun before is finished, what is finished is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", required=True)

    def handle(self, *args: Any, base_url: str, **options: Any) -> None:
        folder = Path(settings.STORE_DIR).parent
        signs = read_sign_ins()
        if signs is None:
            raise CommandError("load_demo comes first: there is no token to push with.")
        if (folder / PUSHED_FILE).exists():
            self.stdout.write("The cargo of the first start is still here. Make it anew: make demo-reset")
            return
        began = _began(folder / BEGAN_FILE)
        keeper, client = Sender(base_url, signs.keeper_token), Sender(base_url, signs.token)
        before = keeper.wait([keeper.push(push) for push in past(began)])
        self.stdout.write(f"Two years of history: {_sum(before, 'accepted')} consignments to compare with, not scored.")
        client_system = User.objects.get(username="demo-client")
        lived = live(began, client=client_system)
        self.stdout.write(
            f"Ninety days lived through: {lived.consignments} consignments, {lived.decisions} decisions, "
            f"{lived.examinations} examinations."
        )
        # The replacement and the crane's report come when what they are about has been read.
        now = []
        *originals, replacement, crane = today(began)
        for pushes in (originals, [replacement, crane]):
            urls = [client.push(push) for push in pushes]
            client.wait(urls)
            now += keeper.wait(urls)  # who is told how many are flagged, as a sender never is
        touched = desk.work()
        held = client.acknowledge_notices("Dispatcher, Altynkol station")
        self.stdout.write(
            f"Today: {_sum(now, 'accepted')} consignments, {_sum(now, 'flagged')} flagged, "
            f"{touched} cases begun or decided, {held} on hold."
        )
        (folder / PUSHED_FILE).touch()


def _sum(told: Sequence[dict[str, Any]], count: str) -> int:
    return sum(one["counts"][count] for one in told)


def _began(path: Path) -> dt.datetime:
    """When the demonstration began: a start that was broken off goes on with the same cargo."""
    if not path.exists():
        path.write_text(dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"))
    return dt.datetime.fromisoformat(path.read_text())
