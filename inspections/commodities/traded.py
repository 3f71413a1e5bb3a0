"""Templates of what is traded against duty, rights or rules."""

from __future__ import annotations

from inspections.commodities.fields import Choice, Field, Items, Kind, Shape, Template
from inspections.commodities.parts import NONE, OTHER, UNKNOWN, choice, count, text


def _(text: str) -> str:
    return text


TOBACCO = Template(
    "tobacco",
    1,
    ("sticks", "packs", "kg"),
    items=Items(
        _("Brands"),
        _("Brand"),
        (
            text("brand", _("Brand on the pack"), required=True),
            choice(
                "kind",
                _("Kind"),
                Choice("king_size", _("King size")),
                Choice("slim", _("Slim")),
                Choice("super_slim", _("Super slim")),
                Choice("heated", _("Sticks for heating")),
                Choice("raw", _("Raw or cut tobacco")),
                Choice("water_pipe", _("Water-pipe tobacco")),
                Choice("liquid", _("Liquid for vaping")),
                OTHER,
                required=True,
            ),
            choice(
                "stamp",
                _("Excise stamp"),
                NONE,
                Choice("forged", _("Forged")),
                Choice("genuine", _("Genuine, of a country")),
                required=True,
            ),
            Field("stamp_country", _("Stamp of"), Kind.COUNTRY, needed_if=("stamp", "genuine")),
            Field("origin", _("Printed origin"), Kind.COUNTRY),
            count("cases", _("Cases")),
            count("sticks", _("Sticks")),
        ),
        {"sticks": "sticks"},
    ),
)

COUNTERFEIT = Template(
    "counterfeit",
    1,
    ("pcs", "pairs", "kg"),
    items=Items(
        _("Brands"),
        _("Brand"),
        (
            text("brand", _("Brand"), required=True),
            text("right_holder", _("Right-holder")),
            choice(
                "kind",
                _("Kind"),
                Choice("clothes", _("Clothes")),
                Choice("shoes", _("Shoes")),
                Choice("bags", _("Bags, accessories")),
                Choice("watches", _("Watches, jewellery")),
                Choice("cosmetics", _("Cosmetics, perfume")),
                Choice("electronics", _("Electronics")),
                Choice("spare_parts", _("Spare parts")),
                Choice("toys", _("Toys")),
                Choice("food", _("Food, drinks")),
                Choice("labels", _("Labels, packaging")),
                OTHER,
                required=True,
            ),
            text("marks", _("How it was known as false")),
            count("pieces", _("Pieces")),
        ),
        {"pieces": "pcs"},
    ),
)

WASTE = Template(
    "waste",
    1,
    ("t", "kg", "pcs", "m3"),
    (
        choice(
            "kind",
            _("Kind"),
            Choice("electronics", _("Used electronics")),
            Choice("batteries", _("Batteries")),
            Choice("plastic", _("Plastic")),
            Choice("metal", _("Scrap metal")),
            Choice("tyres", _("Tyres")),
            Choice("chemical", _("Chemical waste")),
            Choice("medical", _("Medical waste")),
            Choice("ozone", _("Ozone-depleting gases")),
            Choice("household", _("Household waste")),
            OTHER,
            required=True,
        ),
        text("basel", _("Basel code"), shape=Shape.BASEL, hint=_("For example Y46, A1180 or B3011.")),
        choice(
            "hazard",
            _("Hazard"),
            NONE,
            Choice("toxic", _("Toxic")),
            Choice("flammable", _("Flammable")),
            Choice("corrosive", _("Corrosive")),
            Choice("infectious", _("Infectious")),
            Choice("radioactive", _("Radioactive")),
            UNKNOWN,
            required=True,
        ),
        Field("origin", _("Where it comes from"), Kind.COUNTRY),
        text("notification", _("Number of the Basel notification")),
    ),
)

CURRENCY = Template(
    "currency",
    1,
    ("amount", "notes", "kg"),
    items=Items(
        _("Currencies"),
        _("Currency"),
        (
            Field("currency", _("Currency"), Kind.CURRENCY, required=True),
            Field("denomination", _("Denomination"), Kind.NUMBER),
            count("notes", _("Notes, coins")),
            Field("amount", _("Amount"), Kind.NUMBER, required=True),
        ),
    ),
    fields=(
        choice(
            "kind",
            _("Kind"),
            Choice("cash", _("Cash")),
            Choice("counterfeit", _("Counterfeit money")),
            Choice("securities", _("Cheques, securities")),
            Choice("metals", _("Precious metals, stones")),
            required=True,
        ),
        Field("declared", _("Declared"), Kind.YES_NO, required=True),
    ),
)

ANYTHING = Template(
    "other",
    1,
    ("pcs", "kg", "t", "l", "m3", "pairs", "packs"),
    (
        text("goods", _("Goods"), required=True),
        text("hs", _("HS code"), shape=Shape.HS),
        text("ground", _("What is broken"), required=True, hint=_("Law or rule.")),
        Field("origin", _("Where it comes from"), Kind.COUNTRY),
    ),
)
