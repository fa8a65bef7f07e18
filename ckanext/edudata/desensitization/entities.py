"""The kinds of personal data that the check knows: names, clauses, advice, masks.

Labels and advice are English msgids; the catalogue translates them.
"""

from __future__ import annotations

from dataclasses import dataclass

PIPL = "PIPL Art. 4, 28; Measures Art. 27"
MINORS = "PIPL Art. 28, 31; GB/T 35273-2020 Annex B; Measures Art. 27"
IDENTITY = "GB/T 35273-2020 Annex B (identity); PIPL Art. 4"
PROPERTY = "GB/T 35273-2020 Annex B (property); PIPL Art. 28"
ONLINE = "GB/T 35273-2020 Annex A (network identity); PIPL Art. 4"
DEVICE = "GB/T 35273-2020 Annex A (devices, online records); PIPL Art. 4"
WHEREABOUTS = "GB/T 35273-2020 Annex B (whereabouts); PIPL Art. 28"
BIOMETRIC = "GB/T 35273-2020 Annex B (biometric); PIPL Art. 28"
CONTACT = "GB/T 35273-2020 Annex A (contact); PIPL Art. 4"
SECRETS = "Law on Guarding State Secrets; Measures Art. 27"

DROP = "Remove this column, or make desensitized data without it."
DROP_CELLS = "Remove or replace these cells, then upload the file again."
OFFICE = (
    "If each row is an institution and this is its office contact, ask for the "
    "standing rule for institutions; else remove this column."
)
DISTRICT = "Keep the district or the street instead (desensitized data)."
PICTURES = (
    "Remove the pictures and files from these cells. If they must be kept, check each "
    "of them by itself."
)
YEAR = "Keep the year or an age band instead of the date (desensitized data)."


@dataclass(frozen=True)
class Entity:
    """``institutional``: may pass for institutions under the standing rule."""

    name: str
    label: str
    clause: str
    advice: str = DROP
    institutional: bool = False


_ALL = [
    Entity("CN_RESIDENT_ID", "Resident ID number", IDENTITY),
    Entity("HMT_RESIDENCE_PERMIT", "Residence permit (HK, Macao, Taiwan)", IDENTITY),
    Entity("HMT_TRAVEL_PERMIT", "Travel permit (HK, Macao, Taiwan)", IDENTITY),
    Entity("FOREIGNER_ID", "Foreign permanent resident ID", IDENTITY),
    Entity("PASSPORT", "Passport number", IDENTITY),
    Entity("STUDENT_REGISTRATION", "Student registration number", MINORS),
    Entity("STUDENT_NUMBER", "Student or examinee number", MINORS),
    Entity("STAFF_NUMBER", "Staff number", IDENTITY),
    Entity("TEACHER_CERTIFICATE", "Teacher certificate number", IDENTITY),
    Entity("MILITARY_ID", "Military ID", IDENTITY),
    Entity("POLICE_ID", "Police ID", IDENTITY),
    Entity("SOCIAL_SECURITY", "Social security or medical insurance number", IDENTITY),
    Entity("DRIVING_LICENCE", "Driving licence number", IDENTITY),
    Entity("PERSONAL_DOCUMENT", "Number of a personal document", IDENTITY),
    Entity("BANK_CARD", "Bank card number", PROPERTY),
    Entity("MOBILE", "Mobile phone number", CONTACT),
    Entity("LANDLINE", "Telephone number", CONTACT, OFFICE, institutional=True),
    Entity("EMAIL", "E-mail address", CONTACT, OFFICE, institutional=True),
    Entity("ADDRESS", "Address", CONTACT, OFFICE, institutional=True),
    Entity("HOME_ADDRESS", "Home address", CONTACT),
    Entity("ONLINE_ACCOUNT", "Account on an online service", ONLINE),
    Entity("VEHICLE_PLATE", "Vehicle plate", PROPERTY),
    Entity("IP_ADDRESS", "IP address of a person", DEVICE, DROP_CELLS),
    Entity("DEVICE_ID", "Identifier of a device (MAC, IMEI)", DEVICE),
    Entity("LOCATION", "Precise position of a person", WHEREABOUTS, DISTRICT),
    Entity("BIRTH_DATE", "Date of birth", PIPL, YEAR),
    Entity("PERSON_NAME", "Name of a person", PIPL, DROP),
    Entity("OFFICER_NAME", "Name of a principal", PIPL, OFFICE, institutional=True),
    Entity("NAME_IN_TEXT", "Name of a person in a text", PIPL, DROP_CELLS),
    Entity("EMBEDDED_FILE", "Picture or file in a cell", BIOMETRIC, PICTURES),
    Entity(
        "CLASSIFIED",
        "Classification mark",
        SECRETS,
        "Do not upload this file anywhere. Go to your unit's secrecy office.",
    ),
]
ENTITIES = {entity.name: entity for entity in _ALL}


def mask(value: str, entity: str) -> str:
    """A masked form that shows the kind and hides the person.

    Never more than a third of the characters, never more than three at the start and
    two at the end; names keep the surname only.
    """
    value = value.strip()
    size = len(value)
    if entity in ("PERSON_NAME", "OFFICER_NAME", "NAME_IN_TEXT"):
        return value[:1] + "*" * max(1, min(size - 1, 3)) if size > 1 else "*"
    if entity == "EMAIL":
        local, _, domain = value.rpartition("@")
        return local[:1] + "***@***" + domain[domain.rfind(".") :]
    if entity in ("ADDRESS", "HOME_ADDRESS"):
        return value[:2] + "****" if size >= 6 else "****"
    if entity == "BIRTH_DATE":
        return "****-**-**"
    shown = size // 3
    head, tail = min(3, (shown + 1) // 2), min(2, shown // 2)
    return (
        value[:head]
        + "*" * (size - head - tail)
        + (value[size - tail :] if tail else "")
    )
