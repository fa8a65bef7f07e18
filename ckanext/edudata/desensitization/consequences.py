"""What a new verdict on released data leads to. Pure.

``fine``  the class it was released in is still permitted
``stop``  it holds identity, bank, telephone or health data of persons: stopped at once
``date``  everything else: its owner has until a date to correct it

Identity, property (bank) and health data are those of GB/T 35273-2020 Annex B, numbers
of minors those of Art. 28 of the PIPL. What is an institution's contact by its nature
(telephone of an office) is a person's only in a table about persons.
"""

from __future__ import annotations

import re

from ckanext.edudata.opening import classes

from .entities import ENTITIES, IDENTITY, MINORS
from .report import CheckReport, Finding

FINE, STOP, DATE = "fine", "stop", "date"

_TELEPHONES = frozenset({"MOBILE", "LANDLINE"})
_PROPERTY = re.compile(r"Annex B \((?:property|health)")
_HEALTH = re.compile(
    r"健康|疾病|病史|病情|病假|病因|病种|诊断|症状|传染|残疾|残障|伤残|视力|听力|近视|身高|"
    r"体重|体检|血型|血压|过敏|用药|药物|疫苗|接种|孕|心理|精神|抑郁|"
    r"(?<![a-z])(?:health|disease|diagnosis|disability|allergy|vaccin[a-z]*|bmi)(?![a-z])|"
    r"^(?:jkzkm|jkzk|cjr)$",
    re.I,
)


def consequence(report: CheckReport, opening_class: str) -> str:
    """What follows for data that are released in *opening_class*."""
    if classes.allowed(opening_class, classes.permits(report.verdict)):
        return FINE
    if report.classified or severe(report):
        return STOP
    return DATE


def severe(report: CheckReport) -> list[str]:
    """Entities of identity, bank, telephone and health data of persons in it."""
    about_persons = {table.sheet for table in report.tables if table.persons}
    found = {
        finding.entity
        for finding in report.findings
        if not finding.passed and _severe(finding, finding.sheet in about_persons)
    }
    for table in report.tables:
        labels = [column.label for column in table.columns if column.sensitive]
        if table.persons and any(_HEALTH.search(label) for label in labels):
            found.add("HEALTH")
    return sorted(found)


def _severe(finding: Finding, about_persons: bool) -> bool:
    entity = ENTITIES.get(finding.entity)
    if entity is None:
        # What nobody has named yet is not let by.
        return True
    if entity.institutional and not about_persons:
        return False
    return (
        finding.entity in _TELEPHONES
        or entity.clause in (IDENTITY, MINORS)
        or bool(_PROPERTY.search(entity.clause))
    )
