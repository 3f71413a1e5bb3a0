"""Who trades what with whom at the four posts of the demonstration. No such firm or person exists.

No tax number can be a real firm's: those of Kazakhstan hold a thirteenth month, the others begin with three noughts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goods:
    """Ranges are of one package (kg), of one kilogram (US dollars) and of one container (packages)."""

    text: str
    hs: str
    package: str
    kg: tuple[float, float]
    usd: tuple[float, float]
    packages: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Firm:
    """`trades` names goods; a shipper and a consignee that share some do business with each other."""

    name: str
    address: str
    city: str
    country: str
    trades: str = ""
    tax_id: str = ""
    contact: str = ""

    @property
    def goods(self) -> tuple[str, ...]:
        return tuple(self.trades.split())


@dataclass(frozen=True, slots=True)
class Post:
    """One unit's traffic: its own way of numbering runs, the firms behind it, and how much comes."""

    unit: str
    mode: str
    document: str
    sender: str
    numbers: tuple[str, ...]
    departure: dict[str, Any]
    arrival: dict[str, Any]
    loading: dict[str, str]  # country of the shipper -> where its cargo is loaded
    runs: int  # in the past
    notes: tuple[int, int]  # on one run
    shippers: tuple[Firm, ...]
    consignees: tuple[Firm, ...]


PLACES = {
    "AEJEA": "JEBEL ALI",
    "AFKDZ": "KUNDUZ",
    "CNCAN": "GUANGZHOU",
    "CNCKG": "CHONGQING",
    "CNSHA": "SHANGHAI",
    "CNSIA": "XI'AN",
    "CNURC": "URUMQI",
    "INNSA": "NHAVA SHEVA",
    "KZKSN": "КОСТАНАЙ",
    "PKPEW": "PESHAWAR",
    "RUKUF": "САМАРА",
}

GOODS = {
    "shirts": Goods("РУБАШКИ МУЖСКИЕ ХЛОПЧАТОБУМАЖНЫЕ", "620520", "CT", (11, 16), (6, 11), (600, 1100)),
    "knit": Goods("ТРИКОТАЖ ЖЕНСКИЙ: ДЖЕМПЕРЫ, КАРДИГАНЫ", "611030", "CT", (10, 18), (7, 12), (500, 950)),
    "shoes": Goods("ОБУВЬ С ВЕРХОМ ИЗ ПОЛИМЕРОВ", "640299", "CT", (9, 14), (5, 9), (700, 1200)),
    "linen": Goods("BED LINEN OF COTTON, PRINTED", "630221", "CT", (14, 20), (4, 7), (500, 900)),
    "toys": Goods("PLASTIC TOYS, CONSTRUCTION SETS", "950300", "CT", (7, 12), (4, 8), (700, 1300)),
    "tiles": Goods("ПЛИТКА КЕРАМИЧЕСКАЯ НАПОЛЬНАЯ", "690721", "PX", (900, 1100), (0.4, 0.7), (22, 25)),
    "steel": Goods("ПРОКАТ ПЛОСКИЙ ОЦИНКОВАННЫЙ В РУЛОНАХ", "721049", "CL", (3800, 4600), (0.7, 0.9), (5, 6)),
    "pumps": Goods("НАСОСЫ ЦЕНТРОБЕЖНЫЕ ВОДЯНЫЕ", "841370", "CS", (60, 140), (6, 14), (80, 150)),
    "laptops": Goods("LAPTOP COMPUTERS 14 INCH", "847130", "CT", (10, 13), (60, 95), (400, 700)),
    "phones": Goods("СМАРТФОНЫ В УПАКОВКЕ", "851713", "CT", (9, 12), (110, 180), (150, 300)),
    "lamps": Goods("LED LAMPS FOR CEILINGS", "853952", "CT", (6, 10), (7, 12), (700, 1300)),
    "filters": Goods("АВТОЗАПЧАСТИ: ФИЛЬТРЫ МАСЛЯНЫЕ", "842123", "CT", (10, 14), (4, 8), (700, 1100)),
    "tyres": Goods("TRUCK TYRES, NEW, RADIAL", "401120", "PK", (55, 66), (2.4, 3.4), (240, 300)),
    "tea": Goods("ЧАЙ ЗЕЛЁНЫЙ БАЙХОВЫЙ", "090220", "BG", (30, 40), (2.5, 5), (400, 600)),
    "tomato": Goods("ПАСТА ТОМАТНАЯ В БОЧКАХ", "200290", "DR", (230, 240), (0.9, 1.3), (90, 100)),
    "pvc": Goods("ПОЛИВИНИЛХЛОРИД В ГРАНУЛАХ", "390410", "BG", (25, 25.4), (0.9, 1.2), (820, 1000)),
    "fabric": Goods("POLYESTER FABRIC IN ROLLS", "540752", "RO", (28, 38), (2.2, 4), (450, 700)),
    "looms": Goods("СТАНКИ ТКАЦКИЕ БЕСЧЕЛНОЧНЫЕ", "844630", "CS", (1900, 2600), (5, 9), (6, 9)),
    "timber": Goods("ПИЛОМАТЕРИАЛЫ СОСНОВЫЕ", "440711", "PK", (1400, 1700), (0.25, 0.35), (14, 16)),
    "flour": Goods("МУКА ПШЕНИЧНАЯ ВЫСШИЙ СОРТ", "110100", "BG", (50, 50.2), (0.3, 0.42), (480, 520)),
    "sugar": Goods("САХАР БЕЛЫЙ", "170199", "BG", (50, 50.2), (0.5, 0.65), (480, 520)),
    "oil": Goods("МАСЛО ПОДСОЛНЕЧНОЕ РАФИНИРОВАННОЕ", "151219", "CT", (9.5, 10), (1.1, 1.5), (2000, 2300)),
    "medicine": Goods("ЛЕКАРСТВЕННЫЕ СРЕДСТВА В РОЗНИЧНОЙ УПАКОВКЕ", "300490", "CT", (7, 11), (35, 80), (300, 700)),
    "cotton": Goods("ВОЛОКНО ХЛОПКОВОЕ", "520100", "BL", (210, 225), (1.5, 2), (90, 110)),
    "raisins": Goods("RAISINS, GREEN, IN CARTONS", "080620", "CT", (10, 20), (1.4, 2.2), (900, 1500)),
    "almonds": Goods("ALMONDS, SHELLED", "080212", "BG", (25, 50), (4, 6), (360, 700)),
    "pomegranate": Goods("ГРАНАТЫ СВЕЖИЕ", "081090", "BX", (9, 12), (0.5, 0.9), (1500, 1900)),
    "mandarins": Goods("MANDARINS, FRESH", "080521", "BX", (14, 16), (0.7, 1.1), (1200, 1400)),
    "carpets": Goods("CARPETS OF WOOL, HAND-KNOTTED", "570110", "RO", (22, 40), (18, 40), (120, 260)),
    "cement": Goods("CEMENT, PORTLAND, IN BAGS", "252329", "BG", (50, 50.2), (0.07, 0.1), (420, 480)),
    "rice": Goods("RICE, SEMI-MILLED", "100630", "BG", (50, 50.2), (0.6, 0.9), (420, 480)),
    "potato": Goods("POTATOES, FRESH", "070190", "BG", (40, 42), (0.2, 0.35), (480, 560)),
}

_CHINA = (
    Firm(
        "XI'AN SILU MIANFANG CO., LTD 西安丝路棉纺有限公司", "NO. 18 FENGCHENG ROAD", "XI'AN", "CN", "shirts knit linen"
    ),
    Firm("YIWU HONGYUN TOYS FACTORY 义乌鸿运玩具厂", "NO. 77 CHOUZHOU ROAD", "YIWU", "CN", "toys lamps"),
    Firm(
        "CHONGQING LANSHAN TECHNOLOGY CO., LTD 重庆蓝山科技", "XIYONG PARK 9", "CHONGQING", "CN", "laptops phones lamps"
    ),
    Firm("QUANZHOU JINLU SHOES CO., LTD 泉州金鹿鞋业", "NO. 5 JINJIANG STREET", "QUANZHOU", "CN", "shoes"),
    Firm("FOSHAN YUNSHI CERAMICS 佛山云石陶瓷", "NANZHUANG AVENUE 201", "FOSHAN", "CN", "tiles"),
    Firm("TIANJIN BOHE STEEL TRADING 天津渤河钢贸", "HEXI DISTRICT 44", "TIANJIN", "CN", "steel"),
    Firm("ZHEJIANG DEQING PUMP WORKS 浙江德清泵业", "NO. 3 WUKANG STREET", "HUZHOU", "CN", "pumps looms"),
    Firm("QINGDAO LAOYE TYRE CO., LTD 青岛崂野轮胎", "LAOSHAN ROAD 60", "QINGDAO", "CN", "tyres filters"),
    Firm("XINJIANG TIANHONG TOMATO 新疆天红番茄", "CHANGJI ROAD 12", "URUMQI", "CN", "tomato pvc"),
    Firm("SHAOXING YUELAN TEXTILE 绍兴越兰纺织", "KEQIAO 118", "SHAOXING", "CN", "fabric linen knit"),
    Firm("HANGZHOU MEILING TEA 杭州梅岭茶业", "LONGJING ROAD 8", "HANGZHOU", "CN", "tea"),
)
_NORTH = (
    Firm("ООО «ЕНИСЕЙ-ЛЕСОПИЛ»", "ул. Причальная, 4", "КРАСНОЯРСК", "RU", "timber"),
    Firm("АО «САМАРСКИЙ МАСЛОБОЙ»", "ш. Заводское, 17", "САМАРА", "RU", "oil sugar"),
    Firm("ТОО «КОСТАНАЙ УН ДИІРМЕНІ»", "ул. Элеваторная, 2", "КОСТАНАЙ", "KZ", "flour"),
)

ALTYNKOL = Post(
    unit="ALT",
    mode="rail",
    document="smgs",
    sender="KZRAIL",
    numbers=("1204", "1208", "1216", "1230"),
    departure={"code": "CNKHO", "name": "ХОРГОС", "scheme": "unlocode"},
    arrival={"code": "708507", "name": "АЛТЫНКОЛЬ", "scheme": "station"},
    loading={"CN": "CNSIA"},
    runs=20,
    notes=(42, 58),
    shippers=_CHINA,
    consignees=(
        Firm("ТОО «АЛАТАУ ТЕКСТИЛЬ»", "пр. Райымбека, 211", "АЛМАТЫ", "KZ", "shirts knit linen fabric", "121340004411"),
        Firm("ТОО «ЖЕТЫСУ ИМПОРТ»", "ул. Тауелсиздик, 41", "ТАЛДЫКОРГАН", "KZ", "tiles pumps steel", "111340004417"),
        Firm("ТОО «БАЛА ӘЛЕМІ»", "ул. Толе би, 302", "АЛМАТЫ", "KZ", "toys lamps", "151340010022"),
        Firm("ТОО «САРЫАРКА ДИДЖИТАЛ»", "ул. Бейбитшилик, 18", "АСТАНА", "KZ", "laptops phones", "171340007710"),
        Firm("ТОО «ҚАДАМ АЯҚКИІМ»", "рынок, ряд 14", "АЛМАТЫ", "KZ", "shoes", "131340002938"),
        Firm("ТОО «ТЕМІРЖОЛ ШИНА»", "ул. Майлина, 85", "АЛМАТЫ", "KZ", "tyres filters", "091340005581"),
        Firm("ТОО «ӘУЛИЕАТА ПЛАСТ»", "ул. Сулейменова, 6", "ТАРАЗ", "KZ", "pvc", "141340009046"),
        Firm("ТОО «КӨК ШАЙ»", "ул. Казыбек би, 50", "ШЫМКЕНТ", "KZ", "tea tomato", "161340003317"),
        Firm("ОсОО «АЛА-ТОО СНАБ»", "ул. Киевская, 77", "БИШКЕК", "KG", "knit fabric shoes", "00013201910055"),
        Firm("ОсОО «ИССЫК-КУЛЬ ДОМ»", "пр. Чуй, 130", "БИШКЕК", "KG", "tiles lamps linen", "00013201710042"),
        Firm("CHORSU SAVDO MCHJ", "Navoiy ko‘chasi 22", "TOSHKENT", "UZ", "shirts toys lamps", "000052117"),
        Firm("ТОО «ЖІБЕК МАТА»", "ул. Кабанбай батыра, 7", "ЖАРКЕНТ", "KZ", "fabric looms", "181340001120"),
    ),
)

DUSHANBE = Post(
    unit="DSB",
    mode="rail",
    document="smgs",
    sender="TJRAIL",
    numbers=("2411", "2417", "2423"),
    departure={"code": "737800", "name": "КУДУКЛИ", "scheme": "station"},
    arrival={"code": "746106", "name": "ДУШАНБЕ-2", "scheme": "station"},
    loading={"CN": "CNURC", "RU": "RUKUF", "KZ": "KZKSN"},
    runs=14,
    notes=(22, 34),
    shippers=(*_CHINA[:4], *_CHINA[6:9], *_NORTH),
    consignees=(
        Firm("ҶДММ «ПОМИР ТОҶИР»", "хиёбони Рӯдакӣ, 91", "ДУШАНБЕ", "TJ", "knit shirts shoes", "000004512"),
        Firm("ООО «ВАРЗОБ СТРОЙ»", "ул. Айни, 48", "ДУШАНБЕ", "TJ", "timber pumps", "000011340"),
        Firm("ҶДММ «ХАТЛОН ОРД»", "кӯчаи Борбад, 3", "БОХТАР", "TJ", "flour sugar oil", "000007731"),
        Firm("ООО «СУГД ТАЪМ»", "ул. Ленина, 60", "ХУДЖАНД", "TJ", "oil sugar tomato", "000011340"),
        Firm("ҶДММ «СОМОН ТЕХНО»", "кӯчаи Шотемур, 20", "ДУШАНБЕ", "TJ", "laptops lamps phones", "000020077"),
        Firm("ООО «НУРОБОД АВТО»", "ул. Дехоти, 15", "ДУШАНБЕ", "TJ", "tyres filters", "000031806"),
        Firm("ҶДММ «БОЗИЧА»", "бозори Корвон, 112", "ДУШАНБЕ", "TJ", "toys lamps", "000018845"),
    ),
)

PANJ = Post(
    unit="NPJ",
    mode="road",
    document="cmr",
    sender="TJ-NPYANJ",
    numbers=("NP",),
    departure={"code": "AFSBH", "name": "SHERKHAN BANDAR"},
    arrival={"code": "TJ0502", "name": "НИЖНИЙ ПЯНДЖ", "scheme": "customs_office"},
    loading={"AF": "AFKDZ", "PK": "PKPEW"},
    runs=18,
    notes=(14, 22),
    shippers=(
        Firm("KUNDUZ RIVER FRUIT ASSOCIATION", "SPINZAR ROAD", "KUNDUZ", "AF", "raisins pomegranate potato"),
        Firm("BALKH ALMOND HOUSE شرکت بادام بلخ", "RAWZA STREET 3", "MAZAR-I-SHARIF", "AF", "almonds raisins"),
        Firm("HERAT KNOT CARPETS", "BADMURGHAN 40", "HERAT", "AF", "carpets"),
        Firm("INDUS BLOSSOM FOODS", "GT ROAD 55", "PESHAWAR", "PK", "mandarins rice"),
        Firm("KHYBER GREY CEMENT", "NOWSHERA ROAD 8", "PESHAWAR", "PK", "cement"),
    ),
    consignees=(
        Firm("ООО «ХАТЛОН БОЗОР»", "ул. Борбад, 3", "БОХТАР", "TJ", "raisins pomegranate potato rice", "000014588"),
        Firm("ҶДММ «МЕВАИ ТОЗА»", "кӯчаи Гагарин, 8", "ДУШАНБЕ", "TJ", "mandarins pomegranate", "000044120"),
        Firm("ИП КАРИМОВА З. А.", "бозори Меҳргон, 51", "ДУШАНБЕ", "TJ", "almonds raisins carpets", "0000772015"),
        Firm("ООО «ПАНДЖ БЕТОН»", "ул. Заводская, 1", "ДУСТИ", "TJ", "cement", "000009964"),
    ),
)

CHUKURSAY = Post(
    unit="CHU",
    mode="rail",
    document="smgs",
    sender="UZRAIL",
    numbers=("3103", "3109"),
    departure={"code": "698005", "name": "САРЫ-АГАЧ", "scheme": "station"},
    arrival={"code": "724903", "name": "ЧУКУРСАЙ", "scheme": "station"},
    loading={"CN": "CNCKG", "RU": "RUKUF", "KZ": "KZKSN"},
    runs=12,
    notes=(20, 32),
    shippers=(*_CHINA[2:3], *_CHINA[5:10], *_NORTH[:2]),
    consignees=(
        Firm("BUXORO TO‘QIMA MCHJ", "Alpomish ko‘chasi 14", "BUXORO", "UZ", "looms fabric knit", "000107455"),
        Firm("«CHIRCHIQ NASOS» MChJ", "Sanoat ko‘chasi 2", "CHIRCHIQ", "UZ", "pumps steel", "000110908"),
        Firm("ООО «ТАШКЕНТ ДЕРЕВО»", "ул. Фаргона йули, 90", "ТАШКЕНТ", "UZ", "timber", "000118230"),
        Firm("OQ YO‘L SHINA MCHJ", "Yangi Sergeli 33", "TOSHKENT", "UZ", "tyres filters", "000122715"),
        Firm("RAQAM BOZOR MCHJ", "Bobur ko‘chasi 61", "TOSHKENT", "UZ", "laptops lamps phones", "000101846"),
        Firm("«SAMARQAND YOG‘» XK", "Rudakiy 17", "SAMARQAND", "UZ", "oil sugar tomato", "000137002"),
    ),
)

POSTS = (ALTYNKOL, DUSHANBE, PANJ, CHUKURSAY)
