"""Named lists that a country begins with: what is published, as published. A country changes its own copy.

chpl                 Common High Priority List, February 2024: 50 HS subheadings most sought for diversion, tiers 1 to 4
                     (European Commission, with the authorities of Japan, the United Kingdom and the United States)
precursors           Tables I and II of the UN Convention against Illicit Traffic in Narcotic Drugs and Psychotropic
                     Substances (1988), by HS subheading (HS 2022) where a substance has one of its own
precursor-words      the same substances by name, in English and Russian
diversion-countries  common transhipment points named by FinCEN and the Bureau of Industry and Security, joint alert
                     FIN-2022-Alert003 of 28 June 2022
"""

from __future__ import annotations

from dataclasses import dataclass

from profiling.rules.core.lists import ListKind
from profiling.rules.starter import Words


@dataclass(frozen=True, slots=True)
class StarterList:
    code: str
    kind: ListKind
    titles: Words
    entries: tuple[str, ...]


_CHPL = """
    854231 854232 854233 854239
    851762 852691 853221 853224 854800
    847150 850440 851769 852589 852910 852990 853669 853690 854110 854121 854129 854130 854149 854151 854159 854160
    848210 848220 848230 848250 880730 901310 901380 901420 901480
    847180 848610 848620 848640 853400 854320 902750 903020 903032 903039 903082
    845710 845811 845891 845961 846693
"""

_PRECURSORS = """
    280610 280700 284161 290230 290911 291411 291412 291431 291524 291634 292243 292423 292640
    293291 293292 293293 293294 293332 293336 293337 293941 293942 293944 293961 293962 293963
"""

_PRECURSOR_NAMES = (
    "acetic anhydride",
    "acetone",
    "anthranilic acid",
    "N-acetylanthranilic acid",
    "ephedrine",
    "pseudoephedrine",
    "norephedrine",
    "ergometrine",
    "ergotamine",
    "lysergic acid",
    "ethyl ether",
    "diethyl ether",
    "hydrochloric acid",
    "sulphuric acid",
    "sulfuric acid",
    "methyl ethyl ketone",
    "phenylacetic acid",
    "phenyl-2-propanone",
    "piperidine",
    "piperonal",
    "potassium permanganate",
    "toluene",
    "safrole",
    "isosafrole",
    "APAAN",
    "ANPP",
    "NPP",
    "уксусный ангидрид",
    "ангидрид уксусной кислоты",
    "ацетон",
    "антраниловая кислота",
    "эфедрин",
    "псевдоэфедрин",
    "норэфедрин",
    "эргометрин",
    "эрготамин",
    "лизергиновая кислота",
    "этиловый эфир",
    "диэтиловый эфир",
    "соляная кислота",
    "серная кислота",
    "метилэтилкетон",
    "фенилуксусная кислота",
    "пиперидин",
    "пиперональ",
    "перманганат калия",
    "толуол",
    "сафрол",
    "изосафрол",
)

_DIVERSION = "AM BR CN GE IN IL KZ KG MX NI RS SG ZA TW TJ TR AE UZ"

LISTS = (
    StarterList(
        "chpl",
        ListKind.HS,
        {"en": "Common High Priority List", "ru": "Общий перечень приоритетных товаров (CHPL)"},
        tuple(_CHPL.split()),
    ),
    StarterList(
        "precursors",
        ListKind.HS,
        {"en": "Precursors by HS code", "ru": "Прекурсоры по кодам ТН ВЭД"},
        tuple(_PRECURSORS.split()),
    ),
    StarterList(
        "precursor-words",
        ListKind.WORD,
        {"en": "Precursors by name", "ru": "Прекурсоры по названиям"},
        _PRECURSOR_NAMES,
    ),
    StarterList(
        "diversion-countries",
        ListKind.COUNTRY,
        {"en": "Common transhipment points", "ru": "Частые страны перевалки"},
        tuple(_DIVERSION.split()),
    ),
)
