"""Goods somebody watches: words and commodity codes that name them, each list with where it comes from.

Words are English and Russian, in their normal form (`profiling.indicators.text`); a phrase matches whole words only.
They are a first sieve that every unit has from its first day; a unit's own words are named lists of its rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from profiling.indicators.commodities import SUBHEADING_DIGITS, hs_code
from profiling.indicators.facts import SubjectFacts
from profiling.indicators.sharing import shared
from profiling.indicators.text import join_texts, normalise


@dataclass(frozen=True, slots=True)
class Watched:
    """Words, phrases (normalised, space-padded) and beginnings of HS codes that name one kind of goods."""

    words: frozenset[str]
    phrases: tuple[str, ...]
    codes: tuple[str, ...] = ()
    first: frozenset[str] = frozenset()  # words that phrases begin with: where none stands, no phrase is looked for

    def names(self, subject: SubjectFacts) -> bool:
        """Whether a line of the subject is described or coded as such goods."""
        if self.codes and any(code.startswith(self.codes) for code in lines_of(subject).codes):
            return True
        return self.told(subject)

    def told(self, subject: SubjectFacts) -> bool:
        """Whether the words of a line say so."""
        lines = lines_of(subject)
        if not self.words.isdisjoint(lines.words):
            return True
        return not self.first.isdisjoint(lines.words) and any(phrase in lines.text for phrase in self.phrases)

    def found(self, subject: SubjectFacts) -> Iterator[str]:
        """The words and phrases that stand in the lines, space-padded."""
        lines = lines_of(subject)
        yield from (f" {word} " for word in self.words & lines.words)
        if not self.first.isdisjoint(lines.words):
            yield from (phrase for phrase in self.phrases if phrase in lines.text)


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a subject say together: normalised text, its words, HS codes to the subheading."""

    text: str
    words: frozenset[str]
    codes: tuple[str, ...]

    @property
    def can_tell(self) -> bool:
        """Whether any line has a description or an HS code at all."""
        return bool(self.text or self.codes)


@shared
def lines_of(subject: SubjectFacts) -> Lines:
    items = subject.items
    text = join_texts(item.description for item in items)
    codes = tuple(code[:SUBHEADING_DIGITS] for item in items if (code := hs_code(item)))
    return Lines(text, frozenset(text.split()), codes)


def watched(names: str, codes: str = "") -> Watched:
    """Names parted by commas, codes by spaces."""
    plain = [normalise(name) for name in names.split(",")]
    single = frozenset(name.strip() for name in plain if name and " " not in name.strip())
    phrases = tuple(dict.fromkeys(name for name in plain if " " in name.strip()))
    return Watched(single, phrases, tuple(codes.split()), frozenset(phrase.split()[0] for phrase in phrases))


# Tables I and II of the United Nations convention of 1988, with the codes the Harmonized System gives them.
PRECURSORS = watched(
    """
    acetic anhydride, ephedrine, pseudoephedrine, norephedrine, phenylpropanolamine, safrole, isosafrole,
    piperonal, phenylacetic acid, phenyl 2 propanone, p2p, 3 4 mdp 2 p, pmk, bmk, apaan, apaa, mapa, potassium
    permanganate, ergotamine, ergometrine, lysergic acid, anthranilic acid, n acetylanthranilic acid, anpp, npp, 4
    ap, norfentanyl, methyl ethyl ketone, ethyl ether, diethyl ether, piperidine, toluene, acetone, hydrochloric
    acid, sulphuric acid, sulfuric acid, red phosphorus, hypophosphorous acid, hydriodic acid, methylamine, gamma
    butyrolactone, уксусный ангидрид, ангидрид уксусной кислоты, эфедрин, псевдоэфедрин, норэфедрин, сафрол,
    изосафрол, пиперональ, фенилуксусная кислота, фенилацетон, перманганат калия, марганцовокислый калий,
    эрготамин, эргометрин, лизергиновая кислота, антраниловая кислота, метилэтилкетон, этиловый эфир, диэтиловый
    эфир, пиперидин, толуол, ацетон, соляная кислота, серная кислота, красный фосфор, метиламин, гамма
    бутиролактон
    """,
    "291524 284161 293941 293942 293944 293291 293292 293293 293294 291634 291431 293961 293962 293963 292423 "
    "292243 292640 293332 293334 290911 291411 291412 290230 280610 280700",
)

# Common High Priority List of the European Union, the United States, Japan and the United Kingdom, tiers 1 to 4.B
# (edition of February 2024): fifty subheadings most sought for diversion.
STRATEGIC = watched(
    "",
    "854231 854232 854233 854239 851762 852691 853221 853224 854800 847150 850440 851769 852589 852910 852990 "
    "853669 853690 854110 854121 854129 854130 854149 854151 854159 854160 848210 848220 848230 848250 880730 "
    "901310 901380 901420 901480 847180 848610 848620 848640 853400 854320 902750 903020 903032 903039 903082 "
    "845710 845811 845891 845961 846693",
)

# Species the Washington convention (CITES) lists, as they are traded, and the headings where they mostly stand.
WILDLIFE = watched(
    """
    ivory, elephant tusk, rhino horn, rhinoceros horn, pangolin, saiga, saiga horn, tortoise, caviar, sturgeon,
    turtle shell, corals, seahorse, agarwood, rosewood, sandalwood, ebony, crocodile skin, python skin, snake
    skin, reptile skin, falcon, saker, gyrfalcon, parrot, ginseng root, orchid, shark fin, musk, bear bile, tiger
    bone, lynx fur, wolf skin, слоновая кость, бивень, бивни, рог носорога, рога сайгака, рог сайгака, сайгак,
    панголин, черепаха, черепахи, икра, осетр, осетровые, коралл, кораллы, морской конек, агаровое дерево,
    палисандр, сандал, эбеновое дерево, кожа крокодила, кожа питона, сокол, соколы, балобан, кречет, попугай,
    корень женьшеня, орхидеи, плавники акулы, мускус, медвежья желчь, шкура рыси, шкура волка
    """,
    "0106 0507 0508 051000 030572 411330 410640 430180 440341 440342 440349 160431",
)

# Basel convention: what the Harmonized System has as waste and scrap, worn goods and used electronics.
WASTE = watched(
    """
    scrap, waste, used electronics, e waste, second hand, used clothing, worn clothing, used tyres, used tires,
    used batteries, spent batteries, slag, ash and residues, plastic waste, waste paper, lead acid batteries used,
    лом, отходы, вторсырье, макулатура, бывшие в употреблении, б у, секонд хенд, бу шины, отработанные
    аккумуляторы, отработанное масло, шлак, стружка металлическая
    """,
    "2618 2619 2620 2621 3825 3915 4004 4115 4707 5003 5103 5202 5505 6309 6310 7204 7404 7503 7602 7802 7902 "
    "8002 8549",
)

# What burns, bursts or poisons, where a line that says so gives no UN number.
DANGEROUS = watched(
    """
    lithium battery, lithium batteries, lithium ion, power bank, power banks, paint, paints, varnish, solvent,
    thinner, aerosol, aerosols, lighter, lighters, perfume, perfumes, fireworks, pyrotechnics, explosive,
    explosives, gasoline, petrol, kerosene, peroxide, caustic soda, sodium hydroxide, pesticide, pesticides,
    ammonium nitrate, charcoal, butane, propane, литиевая батарея, литиевые батареи, литий ионные, пауэрбанк,
    краска, краски, лак, растворитель, аэрозоль, аэрозоли, зажигалка, зажигалки, духи, парфюмерия, фейерверки,
    пиротехника, взрывчатка, бензин, керосин, перекись, едкий натр, каустическая сода, пестициды, аммиачная
    селитра, древесный уголь, бутан, пропан
    """,
)

# Names that right-holders most often ask customs to act upon.
BRANDS = watched(
    """
    adidas, nike, puma, reebok, new balance, asics, the north face, lacoste, levi s, levis, calvin klein, tommy
    hilfiger, hugo boss, ralph lauren, gucci, prada, dior, chanel, hermes, louis vuitton, burberry, versace,
    armani, balenciaga, dolce gabbana, rolex, cartier, tag heuer, ray ban, iphone, airpods, samsung, xiaomi,
    huawei, sony, playstation, nintendo, lego, barbie, hello kitty, gillette, duracell, oral b, head shoulders,
    nivea, loreal, maybelline, michelin, bosch, makita, dewalt, stihl, skf, fag, ngk, denso, castrol, shell helix,
    toyota, lexus, mercedes benz, bmw, audi, marlboro, winston, davidoff
    """
)
