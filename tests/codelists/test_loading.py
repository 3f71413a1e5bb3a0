"""Loading files: idempotent, all or nothing, good rows kept, every change told; and the command that does it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import translation

from pcu.accounts.roles import Role
from profiling.codelists import services
from profiling.codelists.models import Entry, Load, Place, Rate
from profiling.codelists.starter import load_starter
from profiling.reference.files.rows import FileError, Kind
from tests import factories

pytestmark = pytest.mark.django_db

LOCODE = (
    '"+","QA","XYZ","Zébrapol","Zebrapol","DA","1-3-----","AI","2407",,"2517N 05132E",\r\n'
    ',"QA","X1Y","Digit one","Digit one",,"1-------","AI","2407",,,\r\n'
    ',"QA","XYW","Zebra Bay","Zebra Bay",,"1-------","AI","2407",,,\r\n'
)


def load(kind: Kind, content: str, name: str = "file.csv", **options) -> services.Outcome:
    return services.load(kind=kind, stream=io.BytesIO(content.encode()), file_name=name, **options)


def counts(outcome: services.Outcome) -> tuple[int, int, int, int, int]:
    return outcome.rows, outcome.added, outcome.changed, outcome.unchanged, outcome.refused


def test_a_file_is_loaded_with_its_good_rows_and_an_account_of_the_others() -> None:
    user = factories.UserFactory()
    outcome = load(Kind.PLACES, LOCODE, "loc.csv", edition="2024-2", user=user)
    assert counts(outcome) == (2, 2, 0, 0, 1)
    made = Load.objects.get()
    assert (made.kind, made.edition, made.form, made.file_name) == ("places", "2024-2", "UN/LOCODE", "loc.csv")
    assert (made.rows, made.added, made.refused, made.loaded_by) == (2, 2, 1, user)
    assert made.faults == [{"line": 2, "code": "code_malformed", "received": "QAX1Y", "part": "loc.csv", "params": {}}]
    assert len(made.sha256) == 64
    place = Place.objects.get(code="QAXYZ")
    assert (place.name, place.names, str(place.latitude), place.load) == ("Zebrapol", ["Zébrapol"], "25.2833", made)
    assert made.history.count() >= 1  # the audit row a trigger writes


def test_the_same_file_again_changes_nothing_and_leaves_no_second_account() -> None:
    load(Kind.PLACES, LOCODE)
    again = load(Kind.PLACES, LOCODE)
    assert counts(again) == (2, 0, 0, 2, 1)
    assert again.load is None
    assert Load.objects.count() == 1


def test_a_newer_file_changes_what_differs_and_leaves_the_rest_alone() -> None:
    first = load(Kind.PLACES, LOCODE).load
    newer = load(Kind.PLACES, LOCODE.replace('"Zebra Bay","Zebra Bay"', '"Zebra Cove","Zebra Cove"'))
    assert counts(newer) == (2, 0, 1, 1, 1)
    assert Place.objects.get(code="QAXYW").name == "Zebra Cove"
    assert Place.objects.get(code="QAXYW").load == newer.load
    assert Place.objects.get(code="QAXYZ").load == first


def test_a_dry_run_counts_and_keeps_nothing() -> None:
    outcome = load(Kind.PLACES, LOCODE, dry_run=True)
    assert counts(outcome) == (2, 2, 0, 0, 1)
    assert outcome.load is None
    assert not Place.objects.exists()
    assert not Load.objects.exists()


def test_a_file_that_breaks_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 1)
    cut = (
        "<ISO_4217><HstrcCcyTbl>"
        + "".join(f"<HstrcCcyNtry><CcyNm>Z{n}</CcyNm><Ccy>ZA{c}</Ccy></HstrcCcyNtry>" for n, c in enumerate("ABC"))
        + "<HstrcCcyNtry>"
    )
    with pytest.raises(FileError), transaction.atomic():
        load(Kind.CURRENCIES, cut)
    assert not Entry.objects.exists()
    assert not Load.objects.exists()


def test_many_rows_in_small_batches_come_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 4)
    rows = "".join(f"Z{a}{b},Owner {a}{b}\n" for a in "ABCDE" for b in "ABC") + "ZAA,Owner again\n"
    outcome = load(Kind.OWNERS, "bic,company\n" + rows)
    assert (outcome.rows, outcome.added, outcome.changed) == (16, 15, 1)
    assert Entry.objects.get(code="ZAA").name == "Owner again"


def test_editions_of_the_harmonized_system_stand_beside_each_other() -> None:
    def table(text: str) -> str:
        return json.dumps({"results": [{"id": "9801", "text": f"9801 - {text}"}]})

    load(Kind.HS, table("Zebras of 2017"), "H5.json")
    load(Kind.HS, table("Zebras of 2022"), edition="2022")
    assert {entry.edition: entry.name for entry in Entry.objects.all()} == {
        "2017": "Zebras of 2017",
        "2022": "Zebras of 2022",
    }
    with pytest.raises(FileError) as untold:
        load(Kind.HS, table("of no edition"))
    assert untold.value.code == "edition_missing"
    with pytest.raises(FileError) as unknown:
        load(Kind.HS, table("of another"), edition="2019")
    assert unknown.value.code == "edition_unknown"


def test_names_in_russian_stay_where_a_newer_file_has_none() -> None:
    load(Kind.HS, "code;description;наименование\n0101;Horses;Лошади\n", edition="2022")
    load(Kind.HS, "code;description\n0101;Horses, asses\n", edition="2022")
    entry = Entry.objects.get()
    assert (entry.name, entry.name_ru) == ("Horses, asses", "Лошади")
    with translation.override("ru"):
        assert entry.in_words == "Лошади"
    with translation.override("kk"):
        assert entry.in_words == "Horses, asses"


def test_rates_of_a_day_are_kept_per_bank() -> None:
    table = "day;currency;units;value;base;source\n2026-11-24;USD;1;{usd};KZT;nbk\n2026-11-24;USD;1;0.9;EUR;other\n"
    assert counts(load(Kind.RATES, table.format(usd="500.5")))[:3] == (2, 2, 0)
    assert counts(load(Kind.RATES, table.format(usd="501")))[:3] == (2, 0, 1)
    assert sorted(str(rate.hub_units.normalize()) for rate in Rate.objects.all()) == ["0.9", "501"]


def test_the_border_places_of_the_region_are_all_good() -> None:
    outcome = load_starter()
    assert outcome.refused == 0
    assert outcome.added >= 15
    assert {"Altynkol", "Dushanbe-2", "Nizhniy Pyanj", "Hairatan", "Galaba"} <= set(
        Place.objects.values_list("name", flat=True)
    )
    assert all(place.name_ru and "name certain" in place.remark for place in Place.objects.all())
    assert load_starter().load is None


def test_who_reads_cargo_reads_the_lists_and_nobody_else() -> None:
    load_starter()
    unit = factories.UnitFactory()
    for model in (Place, Load):
        for role in Role:
            if role != Role.CLIENT:
                assert model.objects.visible_to(factories.person(unit, role)).exists()
        for stranger in (factories.client_system(unit), factories.UserFactory(), AnonymousUser()):
            assert not model.objects.visible_to(stranger).exists()


# --- the command


def run(*words: str | Path) -> tuple[str, str]:
    told, wrong = io.StringIO(), io.StringIO()
    call_command("load_reference", *map(str, words), stdout=told, stderr=wrong)
    return told.getvalue(), wrong.getvalue()


def test_the_command_tells_what_it_did_and_where_rows_are_wrong(tmp_path: Path) -> None:
    file = tmp_path / "loc.csv"
    file.write_text(LOCODE)
    told, wrong = run("places", file)
    assert "UN/LOCODE: 2 rows, 2 new, 0 changed, 0 as before, 1 not used" in told
    assert "loc.csv, line 2: The code does not have the form of its list. (QAX1Y)" in wrong
    told, _wrong = run("places", file)
    assert "2 as before" in told
    assert "loaded before; nothing changed" in told


def test_the_command_loads_the_good_files_and_fails_for_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(LOCODE)
    bad.write_text("nothing like it")
    with pytest.raises(CommandError, match="2 of 3 files"):
        run("places", bad, good, tmp_path / "missing.csv")
    assert Place.objects.count() == 2


def test_the_command_keeps_nothing_on_a_dry_run(tmp_path: Path) -> None:
    file = tmp_path / "loc.csv"
    file.write_text(LOCODE)
    told, _wrong = run("places", file, "--dry-run")
    assert "nothing was kept" in told
    assert not Load.objects.exists()


def test_the_command_loads_the_starter_tables_without_a_file() -> None:
    told, wrong = run("starter")
    assert "0 not used" in told
    assert not wrong
    assert Place.objects.exists()


@pytest.mark.parametrize("words", [("places",), ("starter", "--dry-run"), ("starter", "file.csv")])
def test_the_command_says_what_it_needs(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)
