"""The crosswalk from the Chinese catalogue metadata to DCAT, as data. Pure.

Left the fields and codes of the 2017 guide (政务信息资源目录编制指南) and of the
Measures, right DCAT 3 and the authority tables of the EU's Publications Office, which
portals everywhere read. `docs/dcat.md` says the same in words.
"""

from __future__ import annotations

AUTHORITY = "http://publications.europa.eu/resource/authority/"

FREQUENCY = {
    "realtime": "UPDATE_CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "semiannual": "ANNUAL_2",
    "annual": "ANNUAL",
    "irregular": "IRREG",
    "never": "NEVER",
}
"""更新周期 → dct:accrualPeriodicity."""

ACCESS_RIGHT = {"unconditional": "PUBLIC", "conditional": "RESTRICTED"}
"""开放类型 → dct:accessRights. What is not open stands in no catalog."""

LICENCES = {
    "cc-by": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-nc": "https://creativecommons.org/licenses/by-nc/4.0/",
    "cc-zero": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""使用许可 → dct:license, where the licence has an address; others by their words."""

DATATYPES = {
    "integer": "integer",
    "numeric": "decimal",
    "date": "date",
    "timestamp": "dateTime",
    "boolean": "boolean",
}
"""Type of an information item → csvw:datatype; all others are strings."""

SAMPLE = "（合成样例）"
SAMPLE_TOLD = "由程序按真实表格的结构生成，其中没有任何真实的人或记录。"
"""Said of every synthetic sample, so that nobody takes it for data."""

SUMMARY = (
    "title",
    "notes",
    "name",
    "id",
    "first_released",
    "last_released",
    "release_version",
    "update_cycle",
    "opening_class",
    "opening_ground",
    "opening_condition",
    "subject_database",
    "category",
    "school_stage",
    "district",
    "spatial_coverage",
    "temporal_start",
    "temporal_end",
    "license_id",
    "contact_office",
    "contact_phone",
    "contact_email",
    "resource_code",
)
"""Fields of an open dataset that the profile reads; no others."""


def served(dataset: dict[str, object]) -> bool:
    """Whether a package is described at all: open datasets, and only while open."""
    return (
        dataset.get("type") == "dataset"
        and not dataset.get("private")
        and dataset.get("state", "active") == "active"
        and dataset.get("opening_state") == "open"
        and dataset.get("opening_class") in ACCESS_RIGHT
    )
