"""Builders of small X12 interchanges for tests."""

from __future__ import annotations

BILL = [
    "LX*1",
    "M11*PCUB0001*57020*100*CTN*1500*K*30*X**YIWU**PCUL",
    "N9*BM*PCUB0001",
    "N9*BN*BK-1",
    "N1*SH*NORTH GATE CO",
    "N2*LIMITED",
    "N3*12 RIVER ROAD*ROOM 5",
    "N4*NINGBO**315000*CN",
    "PER*IC*LI WEI*TE*86574",
    "N1*CN*TOO STEPPE: IMPORT",
    "N4*ALMATY***KZ",
    "M12*62**GEPTI**20000*IB-7",
    "R4*L*UN*CNNGB*NINGBO",
    "VID*CN*PCVU*1000005*S1**4000***45G1*L",
    "M7*S2*S3***CA",
    "N10*60*PLASTIC TOYS*N/M*H*950300*12000*K*900",
    "N10*10*PAINT*N/M***  *K*100",
    "H1*UN1263*3",
    "VID*CN*PCVU*1000010*****22G1*L",
    "N10*30*TOYS, OTHER*N/M***  *L*1102.31",
]
HEAD = ["M10*PCUL*O*GE*9999981*GREY HERON*245W*000123*2*W*L", "P4*GEPTI*20261101"]


def isa(sets: list[list[str]], *, terminator: str = "~", star: str = "*", control: str = "000000042") -> bytes:
    """An interchange around whole transaction sets, ST and SE included."""
    envelope = (
        f"ISA*00*          *00*          *ZZ*PCULINE        *ZZ*PCU            *261020*0930*U*00401*{control}*0*P*>"
    )
    lines = [envelope, "GS*SO*PCULINE*PCU*20261020*0930*1*X*004010", *(line for each in sets for line in each)]
    lines += [f"GE*{len(sets)}*1", f"IEA*1*{control}"]
    return "".join(line.replace("*", star) + terminator for line in lines).encode()


def transaction(code: str, *segments: str, number: str = "0001") -> list[str]:
    return [f"ST*{code}*{number}", *segments, f"SE*{len(segments) + 2}*{number}"]


def manifest(*segments: str, head: list[str] | None = None) -> bytes:
    return isa([transaction("309", *(HEAD if head is None else head), *(segments or BILL))])


def numbered(number: str, *extra: str) -> list[str]:
    return [line.replace("PCUB0001", number) for line in BILL] + list(extra)


OCEAN = [
    "B3**INV-9*PCUB0001*PP*K*20261020*1200****PCUL",
    "B2A*00",
    "N9*BM*PCUB0001",
    "N9*BN*BK-1",
    "V1*9999981*GREY HERON*GE*245W*PCUL***L",
    "N1*SH*NORTH GATE CO",
    "N3*12 RIVER ROAD",
    "N4*NINGBO**315000*CN",
    "N1*CN*TOO STEPPE",
    "R4*L*UN*CNNGB*NINGBO",
    "R4*D*UN*GEPTI*POTI",
    "LX*1",
    "N7*PCVU*100000*1500*G*2200******CN******K*5",
    "M7*S1*S2***SH",
    "L0*1***1500*G*30*X*100*CTN**K",
    "L5*1*PLASTIC TOYS*950300*J**N/M",
    "L5*1*ASSORTED",
    "H1*UN1263*3",
    "L3*1500*G*******30*X*100*K",
]


def ocean(*segments: str) -> bytes:
    return isa([transaction("310", *(segments or OCEAN))])
