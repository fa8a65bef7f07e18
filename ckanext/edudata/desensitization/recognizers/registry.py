"""The recognizers, in Presidio's registry, and an analyzer without network.

Importing this imports Presidio (about 2 s): only the child process of a check does.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from .address import AddressRecognizer
from .bank_card import BankCardRecognizer
from .base import LANGUAGE, TableRecognizer
from .birth_certificate import BirthCertificateRecognizer
from .birth_date import BirthDateRecognizer
from .classified import ClassifiedRecognizer
from .device_id import DeviceIdRecognizer
from .disability_certificate import DisabilityCertificateRecognizer
from .driving_licence import DrivingLicenceRecognizer
from .email import EmailRecognizer
from .embedded_file import EmbeddedFileRecognizer
from .foreigner_id import ForeignerIdRecognizer
from .hmt_residence import HmtResidenceRecognizer
from .hmt_travel import HmtTravelRecognizer
from .home_address import HomeAddressRecognizer
from .ip_address import IpAddressRecognizer
from .landline import LandlineRecognizer
from .location import LocationRecognizer
from .military_id import MilitaryIdRecognizer
from .mobile import MobileRecognizer
from .online_account import OnlineAccountRecognizer
from .passport import PassportRecognizer
from .person_name import PersonNameRecognizer
from .police_id import PoliceIdRecognizer
from .resident_id import ResidentIdRecognizer
from .social_security import SocialSecurityRecognizer
from .staff_number import StaffNumberRecognizer
from .student_number import StudentNumberRecognizer
from .student_registration import StudentRegistrationRecognizer
from .teacher_certificate import TeacherCertificateRecognizer
from .vehicle_plate import VehiclePlateRecognizer

RECOGNIZERS: list[type[TableRecognizer]] = [
    ClassifiedRecognizer,
    ResidentIdRecognizer,
    HmtResidenceRecognizer,
    HmtTravelRecognizer,
    ForeignerIdRecognizer,
    PassportRecognizer,
    MilitaryIdRecognizer,
    PoliceIdRecognizer,
    StudentRegistrationRecognizer,
    StudentNumberRecognizer,
    TeacherCertificateRecognizer,
    StaffNumberRecognizer,
    SocialSecurityRecognizer,
    DrivingLicenceRecognizer,
    DisabilityCertificateRecognizer,
    BirthCertificateRecognizer,
    BankCardRecognizer,
    MobileRecognizer,
    LandlineRecognizer,
    EmailRecognizer,
    OnlineAccountRecognizer,
    VehiclePlateRecognizer,
    IpAddressRecognizer,
    DeviceIdRecognizer,
    LocationRecognizer,
    AddressRecognizer,
    HomeAddressRecognizer,
    BirthDateRecognizer,
    EmbeddedFileRecognizer,
]

# Presidio logs at INFO what it loads, and matched text in its traces.
logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)


def build_registry() -> RecognizerRegistry:
    """Our recognizers only: none of the stock ones knows Chinese data."""
    return RecognizerRegistry(
        recognizers=[cls() for cls in RECOGNIZERS] + [PersonNameRecognizer()],
        supported_languages=[LANGUAGE],
    )


@lru_cache(maxsize=1)
def analyzer() -> AnalyzerEngine:
    """One engine for the process, with an NLP engine that needs no model."""
    return AnalyzerEngine(
        registry=build_registry(),
        nlp_engine=NoOpNlpEngine(
            models=[{"lang_code": LANGUAGE, "model_name": "no_op"}]
        ),
        supported_languages=[LANGUAGE],
    )
