"""Builders of small ASYCUDA manifests for the tests of the readers of XML."""

from __future__ import annotations

CTN = (
    "<ctn_segment><Ctn_reference>PCVU1000000</Ctn_reference><Number_of_packages>10</Number_of_packages>"
    "<Type_of_container>22G1</Type_of_container><Empty_Full>FCL</Empty_Full><Marks1>S1001</Marks1>"
    "<Sealing_Party>CAR</Sealing_Party></ctn_segment>"
)


def bill(number: str, *, box: str = CTN, goods: str = "PLASTIC TOYS") -> str:
    return (
        f"<Bol_segment><Bol_id><Bol_reference>{number}</Bol_reference><Line_number>1</Line_number>"
        "<Bol_nature>23</Bol_nature><Bol_type_code>BOL</Bol_type_code></Bol_id>"
        "<Load_unload_place><Place_of_loading_code>CNSHA</Place_of_loading_code>"
        "<Place_of_unloading_code>GEPTI</Place_of_unloading_code></Load_unload_place>"
        "<Traders_segment><Exporter><Exporter_name>EAST TRADING CO</Exporter_name></Exporter>"
        "<Consignee><Consignee_name>TOO STEPPE IMPORT</Consignee_name></Consignee></Traders_segment>"
        f"{box}<Goods_segment><Number_of_packages>10</Number_of_packages>"
        "<Package_type_code>CT</Package_type_code><Gross_mass>1000</Gross_mass>"
        f"<Goods_description>{goods}</Goods_description></Goods_segment></Bol_segment>"
    )


BILL = bill("B1")


def awmds(*bills: str, office: str = "GEPTI", totals: str = "", head: str = "", prolog: str = "") -> str:
    joined = "\n".join(bills)
    return (
        f"{prolog}<Awmds><General_segment><General_segment_id><Customs_office_code>{office}</Customs_office_code>"
        "<Voyage_number>245W</Voyage_number><Date_of_departure>2026-10-20</Date_of_departure>"
        "<Date_of_arrival>2026-11-01</Date_of_arrival><Time_of_arrival>06:00</Time_of_arrival></General_segment_id>"
        f"<Totals_segment>{totals}</Totals_segment>"
        "<Transport_information><Carrier><Carrier_code>LINE</Carrier_code></Carrier>"
        "<Mode_of_transport_code>1</Mode_of_transport_code><Identity_of_transporter>BLUE HERON"
        f"</Identity_of_transporter></Transport_information>{head}</General_segment>\n{joined}\n</Awmds>"
    ).replace("\n\n", "\n")
