"""What a column of anybody's table can hold: the fields, and the headings met for them in four languages.

One home for the synonyms. A heading is compared by `plain`: letters and digits alone, in lower case. `label` and
`GROUPS` are English sentences for the page, marked for the message catalogues by `_`, which returns its argument.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

from profiling.formats import limits


def _(sentence: str) -> str:
    return sentence


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` says how a cell of it is read (`table_values`); `limit`: characters of a text."""

    key: str
    group: str
    label: str
    kind: str
    headings: str  # parted by "|"
    limit: int = limits.CODE


GROUPS: Final[dict[str, str]] = {
    "document": _("Document"),
    "parties": _("Parties"),
    "goods": _("Goods"),
    "equipment": _("Equipment"),
    "places": _("Places and countries"),
    "conveyance": _("Conveyance"),
}

F = Field
FIELDS: Final[tuple[Field, ...]] = (
    # ---- document
    F("document_no", "document", _("Document number"), "text",
      "bl|b/l|b/l no|b/l number|bol|bol no|bl nr|bill|bill no|bill of lading|bill of lading no|"
      "bill of lading number|bill number|waybill|waybill no|waybill number|house bl|hbl|hbl no|house bill|"
      "house b/l|house bill of lading|document no|document number|doc no|transport document|"
      "transport document no|consignment no|consignment note|consignment note no|consignment number|cmr|cmr no|"
      "cmr number|smgs|smgs no|smgs number|awb|awb no|hawb|hawb no|railway bill|rwb|tracking no|коносамент|"
      "№ коносамента|номер коносамента|коносамент №|домашний коносамент|накладная|№ накладной|номер накладной|"
      "накладная №|№ смгс|номер смгс|смгс|№ цмр|номер смр|смр|№ смр|жд накладная|№ жд накладной|"
      "номер документа|№ документа|транспортный документ|номер транспортного документа|№ отправки|"
      "номер отправки|авианакладная|connaissement|no connaissement|n connaissement|numero de connaissement|"
      "numéro connaissement|n° bl|lettre de voiture|n° lettre de voiture|numero lettre de voiture|lta|n° lta|"
      "document de transport|conocimiento|no conocimiento|conocimiento de embarque|numero de conocimiento|"
      "n° conocimiento|carta de porte|n° carta de porte|guia aerea|documento de transporte|numero bl|nro bl",
      limits.DOCUMENT_NO),
    F("document_type", "document", _("Kind of document"), "document_type",
      "bl type|bill type|type of bill|document type|doc type|тип документа|вид документа|тип коносамента|"
      "type de document|type de connaissement|tipo de documento|tipo de conocimiento"),
    F("master_no", "document", _("Master bill"), "text",
      "master|master bl|mbl|mbl no|master b/l|master bill|master bill no|master bill of lading|mawb|mawb no|"
      "ocean bl|master bl number|carrier bl|линейный коносамент|мастер коносамент|номер мастер коносамента|"
      "№ мбл|connaissement maitre|connaissement principal|conocimiento master|conocimiento madre|bl master",
      limits.DOCUMENT_NO),
    F("ucr", "document", _("UCR"), "text",
      "ucr|ducr|unique consignment reference|уникальный номер партии", limits.REFERENCE_NO),
    F("booking", "document", _("Booking"), "text",
      "booking|booking no|booking number|booking ref|bkg|bkg no|букинг|номер букинга|бронирование|réservation|"
      "numero de reservation|reserva|numero de reserva|booking nr", limits.REFERENCE_NO),
    F("invoice", "document", _("Invoice"), "text",
      "invoice|invoice no|invoice number|inv no|инвойс|номер инвойса|№ инвойса|счет фактура|номер счета|счет|"
      "№ счета|facture|n° facture|numero de facture|factura|n° factura|numero de factura|factura no",
      limits.REFERENCE_NO),
    F("procedure", "document", _("Customs procedure"), "text",
      "procedure|customs procedure|таможенная процедура|процедура|режим|таможенный режим|régime|"
      "régime douanier|régimen|régimen aduanero"),
    F("direction", "document", _("Import, export or transit"), "direction",
      "direction|nature|cargo nature|import export|traffic|status of cargo|вид перевозки|направление|"
      "импорт экспорт|nature du trafic|sens|naturaleza|tipo de operacion|operacion"),
    F("function", "document", _("What is to be done with it (new, replacement, cancellation…)"), "function",
      "function|message function|action|action code|amendment|amendment type|operation code|действие|функция|"
      "функция сообщения|код действия|вид сообщения|fonction|fonction du message|code action|función|"
      "función del mensaje|acción|codigo de accion"),
    F("issuer", "document", _("Issued by"), "text",
      "issuer|issued by|carrier code|scac|carrier|line|shipping line|перевозчик|линия|морская линия|"
      "transporteur|armateur|compagnie maritime|transportista|naviera|linea naviera"),
    # ---- parties
    F("shipper", "parties", _("Shipper"), "text",
      "shipper|shipper name|name of shipper|consignor|consignor name|exporter|exporter name|sender|seller|"
      "supplier|from company|отправитель|кто отправил|грузоотправитель|наименование отправителя|экспортер|продавец|"
      "поставщик|наименование грузоотправителя|expéditeur|chargeur|nom expéditeur|nom du chargeur|exportateur|"
      "vendeur|embarcador|expedidor|remitente|exportador|nombre del exportador|cargador|vendedor", limits.NAME),
    F("shipper_address", "parties", _("Address of the shipper"), "text",
      "shipper address|address of shipper|consignor address|exporter address|sender address|адрес отправителя|"
      "адрес грузоотправителя|адрес экспортера|adresse expéditeur|adresse du chargeur|adresse exportateur|"
      "direccion del embarcador|direccion exportador|direccion del exportador|direccion remitente", limits.ADDRESS),
    F("shipper_country", "parties", _("Country of the shipper"), "country",
      "shipper country|country of shipper|consignor country|exporter country|sender country|страна отправителя|"
      "страна грузоотправителя|страна экспортера|pays expéditeur|pays du chargeur|pais embarcador|"
      "pais del exportador|pais remitente"),
    F("shipper_tax_id", "parties", _("Tax number of the shipper"), "text",
      "shipper tax id|shipper tax no|shipper vat|consignor tax id|exporter tax id|exporter tin|exporter code|"
      "инн отправителя|бин отправителя|унп отправителя|инн грузоотправителя|бин грузоотправителя|"
      "stir отправителя|стир отправителя|code expéditeur|nif expéditeur|nif exportador|ruc exportador|"
      "rut exportador"),
    F("consignee", "parties", _("Consignee"), "text",
      "consignee|consignee name|name of consignee|cnee|importer|importer name|receiver|buyer|recipient|"
      "получатель|грузополучатель|наименование получателя|импортер|покупатель|наименование грузополучателя|"
      "destinataire|nom destinataire|nom du destinataire|importateur|réceptionnaire|acheteur|consignatario|"
      "destinatario|nombre del consignatario|importador|nombre del importador|comprador", limits.NAME),
    F("consignee_address", "parties", _("Address of the consignee"), "text",
      "consignee address|address of consignee|cnee address|importer address|receiver address|адрес получателя|"
      "адрес грузополучателя|адрес импортера|adresse destinataire|adresse du destinataire|adresse importateur|"
      "direccion consignatario|direccion del consignatario|direccion importador|direccion del importador|"
      "direccion destinatario", limits.ADDRESS),
    F("consignee_country", "parties", _("Country of the consignee"), "country",
      "consignee country|country of consignee|importer country|receiver country|страна получателя|"
      "страна грузополучателя|страна импортера|pays destinataire|pays du destinataire|pais consignatario|"
      "pais del consignatario|pais importador"),
    F("consignee_tax_id", "parties", _("Tax number of the consignee"), "text",
      "consignee tax id|consignee tax no|consignee vat|consignee tin|importer tax id|importer tin|"
      "importer code|tin|tax id|vat no|инн|бин|иин|бин иин|иин бин|унп|окпо|стир|инн получателя|бин получателя|"
      "бин иин получателя|инн грузополучателя|бин грузополучателя|стир получателя|унп получателя|nif|"
      "nif destinataire|code destinataire|numero fiscal|ruc|rut|nit|ruc consignatario|nit importador|"
      "nif consignatario|cuit"),
    F("notify", "parties", _("Notify party"), "text",
      "notify|notify party|notify name|notify party name|1st notify|уведомляемая сторона|уведомить|"
      "извещаемая сторона|notifier|partie à notifier|partie a prevenir|notificar|notificar a|parte a notificar|"
      "notificado", limits.NAME),
    F("notify_address", "parties", _("Address of the notify party"), "text",
      "notify address|notify party address|адрес уведомляемой стороны|адрес извещаемой стороны|adresse notify|"
      "adresse partie à notifier|direccion notificado|direccion notificar", limits.ADDRESS),
    F("notify_country", "parties", _("Country of the notify party"), "country",
      "notify country|notify party country|страна уведомляемой стороны|pays notify|pais notificado"),
    F("notify_tax_id", "parties", _("Tax number of the notify party"), "text",
      "notify tax id|notify party tax id|инн уведомляемой стороны|бин уведомляемой стороны|nif notificado"),
    F("forwarder", "parties", _("Forwarder"), "text",
      "forwarder|freight forwarder|forwarding agent|экспедитор|transitaire|commissionnaire de transport|"
      "agente de carga|transitario", limits.NAME),
    # ---- goods
    F("description", "goods", _("Goods"), "text",
      "goods|cargo|commodity|commodities|description|description of goods|goods description|cargo description|"
      "commodity description|product|product name|item|item description|nature of goods|contents|груз|товар|"
      "товары|наименование|наименование груза|наименование товара|описание|описание товара|описание груза|"
      "номенклатура|наименование товаров|marchandise|marchandises|désignation|désignation des marchandises|"
      "description des marchandises|nature marchandise|libellé|mercancia|mercaderia|descripcion|"
      "descripcion de la mercancia|descripcion de mercancias|producto|descripcion de la mercaderia|bienes|carga",
      limits.DESCRIPTION),
    F("hs", "goods", _("HS or national commodity code"), "hs",
      "hs|hs code|hscode|hs no|commodity code|tariff|tariff code|tariff no|customs code|cn code|hts|hts code|"
      "harmonized code|harmonised code|тн вэд|тнвэд|код тн вэд|код тнвэд|код товара|код тн вэд еаэс|код гс|"
      "код тн вэд товара|тн вэд еаэс|тиф тн|код тиф тн|code sh|sh|position tarifaire|nomenclature|"
      "code douanier|code nc|espèce tarifaire|sa|codigo sa|partida arancelaria|partida|codigo arancelario|"
      "fraccion arancelaria|subpartida|ncm|taric"),
    F("gng", "goods", _("GNG code"), "code_digits",
      "gng|gng code|nhm|nhm code|гнг|код гнг"),
    F("etsng", "goods", _("ETSNG code"), "code_digits",
      "etsng|etsng code|етснг|код етснг|код груза"),
    F("packages", "goods", _("Packages"), "packages",
      "packages|package|pkgs|pkg|no of packages|number of packages|no of pkgs|pieces|pcs|qty|quantity|colli|"
      "cartons|ctns|total packages|places|мест|мест шт|кол во мест шт|"
      "количество мест шт|места|кол во мест|количество мест|количество грузовых мест|"
      "число мест|кол-во|количество|кол во|грузовых мест|colis|nombre de colis|nb colis|nbre colis|quantité|"
      "bultos|numero de bultos|cantidad|cantidad de bultos|no bultos|piezas"),
    F("package_text", "goods", _("Kind of packages"), "text",
      "package type|pkg type|type of packages|kind of packages|packing|packaging|unit|uom|package kind|"
      "упаковка|вид упаковки|род упаковки|тип упаковки|вид мест|emballage|type de colis|nature des colis|"
      "type d emballage|embalaje|tipo de bulto|tipo de bultos|tipo de embalaje|clase de bultos", limits.NAME),
    F("gross_kg", "goods", _("Gross weight"), "mass",
      "gross|gross weight|gross wt|gw|g w|weight|wt|gross mass|total gross weight|cargo weight|"
      "cargo gross weight|gross kg|weight kg|kgs|kg|вес|масса|вес брутто|масса брутто|вес бр|масса бр|брутто|вес груза|"
      "масса груза|poids|poids brut|masse brute|poids brut total|peso|peso bruto|peso bruto total|masa bruta"),
    F("net_kg", "goods", _("Net weight"), "mass",
      "net|net weight|net wt|nw|n w|net mass|total net weight|вес нетто|масса нетто|вес нт|масса нт|нетто|poids net|"
      "masse nette|peso neto|masa neta"),
    F("volume_m3", "goods", _("Volume"), "volume",
      "volume|cbm|m3|measurement|measure|cube|meas|объем|обьем|куб м|кубатура|volume m3|cubage|volumen|"
      "cubicaje|metros cubicos"),
    F("value", "goods", _("Value"), "number",
      "value|amount|invoice value|customs value|declared value|cargo value|total value|invoice amount|price|"
      "total price|fob value|cif value|стоимость|стоим|сумма|стоимость товара|таможенная стоимость|"
      "фактурная стоимость|цена|стоимость груза|сумма инвойса|valeur|montant|valeur en douane|valeur facture|"
      "valeur declaree|prix|valor|importe|monto|valor aduana|valor en aduana|valor fob|valor factura|precio"),
    F("currency", "goods", _("Currency"), "currency",
      "currency|curr|ccy|currency code|валюта|код валюты|devise|monnaie|moneda|divisa"),
    F("marks", "goods", _("Marks and numbers"), "text",
      "marks|marks and numbers|marks nos|marks and nos|shipping marks|mark|маркировка|марки|марки и номера|"
      "маркировка мест|marques|marques et numeros|marcas|marcas y numeros|marcas y nros", limits.MARKS),
    F("origin", "goods", _("Origin of the goods"), "country",
      "origin|country of origin|origin country|coo|made in|страна происхождения|происхождение|"
      "страна производства|origine|pays d origine|pays origine|origen|pais de origen|pais origen"),
    F("un_number", "goods", _("UN number of dangerous goods"), "text",
      "un no|un number|unno|imo no un|undg|dg un|номер оон|№ оон|оон|numero onu|n° onu|onu"),
    F("hazard_class", "goods", _("Class of dangerous goods"), "text",
      "imo class|imdg class|imdg|dg class|hazard class|class|imco|класс опасности|класс опасного груза|"
      "classe imdg|classe de danger|classe imo|clase imo|clase de peligro|clase imdg"),
    # ---- equipment
    F("container", "equipment", _("Container"), "numbers",
      "container|container no|container number|container nr|container num|cntr|cntr no|cntr number|ctr|ctr no|"
      "cont no|cont|ctnr|ctnr no|containers|equipment|equipment no|equipment number|unit no|unit number|box|"
      "box no|контейнер|номер контейнера|№ контейнера|контейнер №|контейнеры|№ конт|номер конт|№ ктк|номер ктк|"
      "ктк|conteneur|n° conteneur|numero conteneur|numero de conteneur|tc|n° tc|contenedor|n° contenedor|"
      "numero de contenedor|numero contenedor|nro contenedor"),
    F("size_type", "equipment", _("Size and type"), "text",
      "size|type|size type|size/type|sz tp|iso|iso code|iso type|container type|container size|cntr type|"
      "cntr size|container size type|equipment type|тип|тип контейнера|размер|размер контейнера|типоразмер|"
      "тип ктк|футовость|type conteneur|type de conteneur|taille|taille conteneur|tipo de contenedor|"
      "tipo contenedor|tamaño|tamaño contenedor"),
    F("fill", "equipment", _("Full or empty"), "fill",
      "full empty|full/empty|f/e|fe|e/f|empty full|laden empty|load status|status|container status|fcl lcl|"
      "груженый порожний|груж пор|гр пор|статус|состояние|статус контейнера|plein vide|vide plein|statut|etat|"
      "lleno vacio|vacio lleno|estado|condicion"),
    F("seals", "equipment", _("Seals"), "seals",
      "seal|seals|seal no|seal number|seal nos|seal numbers|seal nr|carrier seal|пломба|пломбы|номер пломбы|"
      "№ пломбы|зпу|номера пломб|№ зпу|scellé|scellés|n° scellé|plomb|plombs|numero plomb|numero de scellé|"
      "precinto|precintos|n° precinto|sello|sellos|numero de precinto|numero de sello|marchamo"),
    F("tare_kg", "equipment", _("Tare"), "mass",
      "tare|tare weight|tare wt|container tare|тара|вес тары|масса тары|тара контейнера|poids tare|tara|"
      "peso tara"),
    F("vgm_kg", "equipment", _("Verified gross mass"), "mass",
      "vgm|verified gross mass|vgm weight|vgm kg|проверенная масса|mbv|masse brute vérifiée|"
      "masa bruta verificada"),
    F("temperature_c", "equipment", _("Temperature, °C"), "temperature",
      "temperature|temp|set temp|set point|reefer temp|temp c|температура|температура груза|température|"
      "consigne|temperatura"),
    F("wagon", "equipment", _("Wagon"), "number_one",
      "wagon|wagon no|wagon number|railcar|rail car|railcar no|platform|вагон|номер вагона|№ вагона|платформа|"
      "№ платформы|n° wagon|numero wagon|vagon|n° vagon|numero de vagon"),
    F("truck", "equipment", _("Truck"), "number_one",
      "truck|truck no|truck number|truck plate|plate|plate no|vehicle|vehicle no|vehicle number|licence plate|"
      "license plate|tractor|registration no|автомобиль|номер автомобиля|гос номер|госномер|№ авто|№ машины|"
      "тягач|номер тс|транспортное средство|а м|immatriculation|camion|n° camion|plaque|matricula|placa|camión|"
      "placas|tracto"),
    F("trailer", "equipment", _("Trailer"), "number_one",
      "trailer|trailer no|trailer number|trailer plate|semi trailer|прицеп|полуприцеп|№ прицепа|номер прицепа|"
      "номер полуприцепа|remorque|n° remorque|semi remorque|remolque|semirremolque|placa remolque"),
    # ---- places
    F("loading_place", "places", _("Place of loading"), "place",
      "pol|port of loading|loading port|load port|place of loading|from|origin port|departure station|"
      "station of departure|порт погрузки|порт отправления|место погрузки|станция отправления|ст отправления|"
      "ст отпр|пункт отправления|откуда|port de chargement|port d embarquement|lieu de chargement|"
      "gare de depart|puerto de carga|puerto de embarque|lugar de carga|puerto origen"),
    F("discharge_place", "places", _("Place of discharge"), "place",
      "pod|port of discharge|discharge port|place of discharge|unloading port|port of unloading|to|"
      "destination port|destination station|arrival station|station of destination|порт выгрузки|"
      "порт назначения|место выгрузки|станция назначения|ст назначения|ст назн|куда|port de déchargement|"
      "port de débarquement|lieu de déchargement|gare de destination|puerto de descarga|puerto de desembarque|"
      "lugar de descarga|puerto destino"),
    F("receipt_place", "places", _("Place of receipt"), "place",
      "place of receipt|por|receipt|место приема груза|место приемки|место приема|lieu de reception|"
      "lieu de prise en charge|lugar de recepcion"),
    F("delivery_place", "places", _("Place of delivery"), "place",
      "place of delivery|delivery place|final destination|fpod|destination|del|место доставки|место назначения|"
      "пункт назначения|конечный пункт|lieu de livraison|destination finale|lugar de entrega|destino|"
      "destino final"),
    F("origin_country", "places", _("Country of departure"), "country",
      "country of departure|departure country|export country|country of export|country of dispatch|"
      "страна отправления|страна вывоза|страна экспорта|pays de provenance|pays d exportation|provenance|"
      "pais de procedencia|procedencia|pais de exportacion"),
    F("destination_country", "places", _("Country of destination"), "country",
      "country of destination|destination country|import country|страна назначения|страна ввоза|страна импорта|"
      "pays de destination|pais de destino|pais destino"),
    # ---- conveyance
    F("manifest_number", "conveyance", _("Manifest number"), "text",
      "manifest|manifest no|manifest number|rotation|rotation no|registry no|манифест|номер манифеста|"
      "№ манифеста|номер натурного листа|натурный лист|manifeste|n° manifeste|numero manifeste|manifiesto|"
      "numero de manifiesto|n° manifiesto", limits.REFERENCE_NO),
    F("vessel", "conveyance", _("Vessel"), "text",
      "vessel|vessel name|ship|ship name|mother vessel|судно|название судна|наименование судна|теплоход|navire|"
      "nom du navire|buque|nave|nombre del buque|barco", limits.NAME),
    F("imo", "conveyance", _("IMO number"), "text",
      "imo|imo no|imo number|номер имо|имо|n° imo|numero imo"),
    F("voyage", "conveyance", _("Voyage or trip"), "text",
      "voyage|voyage no|voyage number|voy|voy no|trip|trip no|flight|flight no|рейс|номер рейса|№ рейса|"
      "n° voyage|numero de voyage|viaje|n° viaje|numero de viaje|vuelo"),
    F("train", "conveyance", _("Train"), "text",
      "train|train no|train number|block train|поезд|номер поезда|№ поезда|индекс поезда|n° train|"
      "numero de train|tren|numero de tren"),
    F("eta", "conveyance", _("Arrival"), "date",
      "eta|arrival|arrival date|date of arrival|estimated arrival|estimated time of arrival|дата прибытия|"
      "прибытие|ета|ожидаемая дата прибытия|date d arrivée|arrivée|date arrivee|fecha de llegada|llegada|"
      "fecha de arribo|arribo"),
    F("etd", "conveyance", _("Departure"), "date",
      "etd|departure|departure date|date of departure|sailing date|sob date|onboard date|дата отправления|"
      "отправление|дата отхода|дата отправки|date de départ|départ|fecha de salida|salida|fecha de zarpe|zarpe"),
)  # fmt: skip
BY_KEY: Final[dict[str, Field]] = {field.key: field for field in FIELDS}
# A table of cargo names its rows by one of these.
NAMING: Final = ("document_no", "container", "wagon", "truck", "trailer")
TOTALS: Final = frozenset(
    {
        "total", "totals", "grandtotal", "subtotal", "sumtotal", "итого", "всего", "всегомест", "итогопо",
        "промежуточныйитог",
        "sum", "sumatoria", "suma", "totalgeneral", "totaux", "totalgeneraux", "soustotal", "ensemble",
    }
)  # fmt: skip

_LETTERS: Final = re.compile(r"[\W_]+")
_BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_LAST_WORD: Final = re.compile(r"[\s,/.(\[]+([^\s,/.()\[\]]+)[)\].\s]*\Z")
# Units of measure that a heading states: the unit as `quantities` names it.
UNITS: Final[dict[str, str]] = {
    **dict.fromkeys(("kg", "kgs", "kgm", "kilos", "кг", "килограмм"), "KGM"),
    **dict.fromkeys(("t", "mt", "ton", "tons", "tonne", "tonnes", "tne", "т", "тн", "тонн", "тонны"), "TNE"),
    **dict.fromkeys(("lb", "lbs", "lbr", "pounds", "фунт", "фунты"), "LBR"),
    **dict.fromkeys(("m3", "cbm", "mtq", "м3", "кубм"), "MTQ"),
    **dict.fromkeys(("cft", "ft3", "ftq"), "FTQ"),
    **dict.fromkeys(("l", "ltr", "litres", "л"), "LTR"),
}  # fmt: skip
MASS_UNITS: Final = ("KGM", "TNE", "LBR")
VOLUME_UNITS: Final = ("MTQ", "FTQ", "LTR")


@cache
def plain(text: str) -> str:
    """A heading as it is compared: letters and digits alone, in lower case, without accents; ё is е, й stays."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("№", "no").replace("n°", "no").replace("nº", "no")
    if not folded.isascii():
        latin = unicodedata.normalize("NFKD", folded)
        folded = unicodedata.normalize("NFC", "".join(c for c in latin if c not in _ACCENTS)).replace("ё", "е")
    return _LETTERS.sub("", folded)


_ACCENTS: Final = frozenset("\u0300\u0301\u0302\u0303\u0308\u0327")  # of Latin letters; й keeps its breve


def without_unit(heading: str) -> tuple[str, str]:
    """A heading without what it says in brackets or of its unit, compared form, and the unit ("" where none)."""
    for inside in _BRACKETS.findall(heading):
        if unit := UNITS.get(plain(inside)):
            return plain(_BRACKETS.sub(" ", heading)), unit
    last = _LAST_WORD.search(heading)
    if last and (unit := UNITS.get(plain(last.group(1)))):
        return plain(heading[: last.start()]), unit
    return plain(_BRACKETS.sub(" ", heading)), ""


@cache
def synonyms() -> dict[str, str]:
    """Field keys by every heading that is known, in the form that is compared."""
    found: dict[str, str] = {}
    for field in FIELDS:
        for heading in field.headings.split("|"):
            found.setdefault(plain(heading), field.key)
    return found


def known(heading: str) -> tuple[str, str]:
    """(field key, unit) of a heading that is a known one; ("", unit) else."""
    whole, short_unit = plain(heading), ""
    if field := synonyms().get(whole):
        return field, UNITS.get(whole, "")
    short, short_unit = without_unit(heading)
    return synonyms().get(short, ""), short_unit
