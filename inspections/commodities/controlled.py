"""Templates of what needs a permit or is forbidden."""

from __future__ import annotations

from inspections.commodities.fields import Choice, Field, Items, Kind, Shape, Template
from inspections.commodities.parts import NONE, OTHER, PERMIT, UNKNOWN, choice, count, text


def _(text: str) -> str:
    return text


DRUGS = Template(
    "drugs",
    1,
    ("kg", "g", "tablets", "ampoules", "ml", "l", "plants", "pcs"),
    (
        choice(
            "substance",
            _("Substance"),
            Choice("heroin", _("Heroin")),
            Choice("opium", _("Opium")),
            Choice("cannabis", _("Cannabis herb")),
            Choice("hashish", _("Cannabis resin")),
            Choice("cocaine", _("Cocaine")),
            Choice("amphetamine", _("Amphetamine")),
            Choice("methamphetamine", _("Methamphetamine")),
            Choice("mdma", _("MDMA")),
            Choice("mephedrone", _("Mephedrone")),
            Choice("synthetic_cannabinoid", _("Synthetic cannabinoid")),
            Choice("fentanyl", _("Fentanyl or its like")),
            Choice("tramadol", _("Tramadol")),
            Choice("unknown", _("Not known yet")),
            OTHER,
            required=True,
        ),
        Field("substance_name", _("Name of the substance"), needed_if=("substance", "other")),
        choice(
            "form",
            _("Form"),
            Choice("powder", _("Powder")),
            Choice("tablets", _("Tablets, capsules")),
            Choice("liquid", _("Liquid")),
            Choice("plant", _("Plant")),
            Choice("resin", _("Resin, blocks")),
            Choice("crystals", _("Crystals")),
            Choice("soaked", _("Soaked into something")),
            OTHER,
            required=True,
        ),
        text("packaging", _("Packaging"), required=True, hint=_("Material, number, marks, logos.")),
        text("kit", _("Field-test kit")),
        choice(
            "kit_result",
            _("Result of the field test"),
            Choice("positive", _("Positive")),
            Choice("negative", _("Negative")),
            Choice("unclear", _("Unclear")),
            Choice("not_tested", _("Not tested")),
            required=True,
        ),
        Field("purity", _("Purity"), Kind.NUMBER, unit="%", at_most=100),
    ),
)

PRECURSORS = Template(
    "precursors",
    1,
    ("kg", "l", "t", "drums"),
    (
        text("chemical", _("Chemical"), required=True),
        text("cas", _("CAS number"), shape=Shape.CAS, hint=_("As on the label, for example 108-24-7.")),
        choice(
            "list",
            _("Table of the 1988 Convention"),
            Choice("one", _("Table I")),
            Choice("two", _("Table II")),
            Choice("national", _("National list only")),
            NONE,
            UNKNOWN,
            required=True,
        ),
        PERMIT,
        Field("pre_export_notice", _("Pre-export notice seen"), Kind.YES_NO),
        count("drums", _("Drums, bags")),
        text("label", _("Label on the packages")),
    ),
)

ARMS = Template(
    "arms",
    1,
    ("pcs", "rounds", "kg"),
    items=Items(
        _("Items"),
        _("Item"),
        (
            choice(
                "kind",
                _("Kind"),
                Choice("pistol", _("Pistol, revolver")),
                Choice("rifle", _("Rifle, carbine")),
                Choice("automatic", _("Automatic weapon")),
                Choice("part", _("Part of a weapon")),
                Choice("ammunition", _("Ammunition")),
                Choice("explosive", _("Explosive")),
                Choice("dual_use", _("Dual-use goods")),
                Choice("chpl", _("Common high priority goods")),
                Choice("radioactive", _("Nuclear or radioactive material")),
                OTHER,
                required=True,
            ),
            text("name", _("Make and model"), required=True),
            text("calibre", _("Calibre")),
            text("serials", _("Serial numbers")),
            text("hs", _("HS or CHPL code"), shape=Shape.HS),
            Field("origin", _("Made in"), Kind.COUNTRY),
            count("pieces", _("Pieces"), required=True),
        ),
        {"pieces": "pcs"},
    ),
    fields=(text("licence", _("Licence number"), hint=_("None shown: leave empty.")),),
)

CITES = Template(
    "cites",
    1,
    ("pcs", "animals", "plants", "kg", "m3"),
    (
        text("species", _("Species (scientific name)"), required=True),
        text("common_name", _("Common name")),
        choice(
            "appendix",
            _("CITES appendix"),
            Choice("i", "I"),
            Choice("ii", "II"),
            Choice("iii", "III"),
            Choice("national", _("National list only")),
            required=True,
        ),
        choice(
            "form",
            _("Form"),
            Choice("animal", _("Whole animal")),
            Choice("horn", _("Horn, tusk, bone")),
            Choice("skin", _("Skin, fur")),
            Choice("meat", _("Meat")),
            Choice("eggs", _("Eggs, caviar")),
            Choice("derivative", _("Medicine, derivative")),
            Choice("timber", _("Timber")),
            Choice("plant", _("Plant")),
            OTHER,
            required=True,
        ),
        Field("live", _("Alive"), Kind.YES_NO, required=True),
        PERMIT,
    ),
)

MEDICINES = Template(
    "medicines",
    1,
    ("packs", "tablets", "ampoules", "doses", "kg"),
    items=Items(
        _("Medicines"),
        _("Medicine"),
        (
            text("inn", _("Substance (INN)"), required=True),
            text("name", _("Trade name")),
            text("dose", _("Dose"), required=True),
            text("manufacturer", _("Manufacturer")),
            text("batch", _("Batch")),
            Field("expires", _("Best before"), Kind.DATE),
            count("packs", _("Packs")),
        ),
        {"packs": "packs"},
    ),
    fields=(
        choice(
            "why",
            _("What is wrong"),
            Choice("unregistered", _("Not registered here")),
            Choice("falsified", _("Falsified")),
            Choice("controlled", _("Controlled, no permit")),
            Choice("undeclared", _("Not declared")),
            Choice("expired", _("Out of date")),
            required=True,
        ),
    ),
)

CULTURAL = Template(
    "cultural",
    1,
    ("pcs", "kg"),
    (
        choice(
            "kind",
            _("Kind"),
            Choice("archaeological", _("Archaeological find")),
            Choice("coins", _("Coins")),
            Choice("books", _("Books, manuscripts")),
            Choice("icons", _("Icons, religious objects")),
            Choice("paintings", _("Paintings, drawings")),
            Choice("sculpture", _("Sculpture")),
            Choice("weapons", _("Old weapons")),
            Choice("carpets", _("Carpets, textiles")),
            Choice("fossils", _("Fossils, collections")),
            OTHER,
            required=True,
        ),
        text("description", _("What it shows"), required=True),
        text("period", _("Period")),
        Field("origin", _("Where it comes from"), Kind.COUNTRY),
        Field("listed", _("In a register of stolen objects"), Kind.YES_NO),
    ),
)
