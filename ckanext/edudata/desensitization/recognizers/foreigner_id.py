"""Foreign permanent resident ID, 外国人永久居留身份证 (GA 563; National Immigration
Administration, Announcement of 2023-09 on the new card).

The new card (2023) has 18 digits: 9, area, country (GB/T 2659, numeric), birth date,
sequence, and the checksum of GB 11643. The older one has 15 characters: country in
three letters, area of four digits, birth date of six, and two more.
"""

from __future__ import annotations

from .base import AFTER, BEFORE
from .numbers import NUMBER_AFTER, NUMBER_BEFORE, SEP, NumberRecognizer, inside_hash
from .resident_id import LAST, PROVINCES, bare, check_character, true_date

_COUNTRIES_CODES = (
    "AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN "
    "BTN BOL BIH BWA BRA BRN BGR BFA BDI KHM CMR CAN CPV CAF TCD CHL COL COM COG "
    "COD CRI CIV HRV CUB CYP CZE DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST SWZ ETH "
    "FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HUN ISL IND "
    "IDN IRN IRQ IRL ISR ITA JAM JPN JOR KAZ KEN KIR PRK KOR KWT KGZ LAO LVA LBN "
    "LSO LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM MDA MCO "
    "MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PSE "
    "PAN PNG PRY PER PHL POL PRT QAT ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN "
    "SRB SYC SLE SGP SVK SVN SLB SOM ZAF SSD ESP LKA SDN SUR SWE CHE SYR TJK TZA "
    "THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR USA URY UZB VUT VEN VNM "
    "YEM ZMB ZWE"
)
_COUNTRIES = frozenset(_COUNTRIES_CODES.split())


class ForeignerIdRecognizer(NumberRecognizer):
    """New number with checksum; old number where country, area and date are true."""

    ENTITY = "FOREIGNER_ID"
    CONTEXT = ["永久居留", "外国人", "证件号"]
    PATTERNS = [
        (
            "18 digits",
            NUMBER_BEFORE + "9(?:" + SEP + "[0-9]){16}" + SEP + LAST + NUMBER_AFTER,
            0.5,
        ),
        ("15 characters", BEFORE + r"[A-Z]{3}[ \-]?[0-9]{12}" + AFTER, 0.55),
    ]

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end].upper()
        if found[0].isalpha():
            number = bare(found[3:])
            true = (
                found[:3] in _COUNTRIES
                and number[:2] in PROVINCES
                and any(true_date(c + number[4:10]) for c in ("19", "20"))
            )
            return base if true else 0
        number = bare(found)
        true = (
            number[1:3] in PROVINCES
            and true_date(number[6:14])
            and check_character(number[:17]) == number[17]
            and not inside_hash(text, start, end)
        )
        return float(true)
