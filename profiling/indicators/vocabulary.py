"""Words and phrases the text indicators know, in their normal form (`profiling.indicators.text`)."""

from __future__ import annotations

from profiling.indicators.text import normalise, words

# Words that say nothing of the goods. A line made of these and numbers alone is vague; one other word saves
# it. After the stop words of the European import control system (ICS2), with what notes in Russian write.
_VAGUE = """
    accessories additional all and any appliances articles as assorted attached bags bales boxes cargo carton
    cartons cases cntr commodities consol consolidated consolidation consumer contain container containers
    containing contents count daily description different effects equipment etc fak fcl for freight general
    gift gifts good goods groupage household in invoice item items kinds lcl list load loaded material
    materials merchandise misc miscellaneous mixed new no of on or other others package packages packing
    pallet pallets part parts pc pcs per personal piece pieces pkgs product products said sample samples say
    see shipper shippers spare spares stc stuff sundry supplies the to tools used various weight with

    ассортименте быта в вещи виды груз грузов грузы домашние другие запасные запчасти и изделия инвойсу
    контейнер контейнеры коробки личные материалы мест места мешки на наличии народного оборудование
    паллеты партия по подарки потребления прилагается приложению принадлежности продукция прочая прочее
    прочие прочий разное разные разный сборные сборный согласно списку тара тнп товар товаров товары
    упаковка хозтовары части широкого ширпотреб шт
"""

# Whole names that name nobody, separated by commas.
_PLACEHOLDERS = """
    n/a, na, nil, none, no name, unknown, tba, tbd, to be advised, to be announced, same, same as consignee,
    same as shipper, same as notify, same as above, as above, as agreed, as per attached, see attached, test,
    various, various shippers, various consignees, x, xx, xxx, private, consignee, shipper, notify,
    notify party, company, ltd, llc, co ltd,
    не указан, не указано, неизвестно, неизвестен, нет данных, нет, б/н, он же, тот же, тот же получатель,
    см. приложение, согласно приложению, физ. лицо, физическое лицо, частное лицо, получатель, отправитель,
    ооо, тоо
"""

_FORWARDERS = """
    cargo consolidation consolidators express forwarder forwarders forwarding freight lines logistic logistics
    shipping sped spedition trans transit transport
    грузоперевозки карго логистик логистика логистикс логистическая транзит транс транспорт форвардинг
    экспедитор экспедиция экспедирование экспресс
"""

VAGUE_WORDS = frozenset(words(_VAGUE))
PLACEHOLDER_NAMES = frozenset(map(normalise, _PLACEHOLDERS.split(",")))
FORWARDER_WORDS = frozenset(words(_FORWARDERS))

# A consignee named like this is whoever holds the bill.
TO_ORDER_PHRASES = tuple(map(normalise, ("to order", "to the order", "order of", "по приказу", "приказу")))
TO_ORDER_NAMES = frozenset(map(normalise, ("order", "приказ")))

# An address that is a box, as it is written in the region. In normal form "P.O. Box" is "p o box" and "а/я" is "а я".
POST_BOX_PHRASES = tuple(
    map(normalise, ("po box", "p o box", "pobox", "post box", "postbox", "post office box", "а я", "абонентский ящик"))
)
