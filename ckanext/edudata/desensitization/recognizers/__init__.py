"""The recognizers, in Presidio's registry, and an analyzer without network.

One identifier to a file. Importing this package imports Presidio (about 2 s): only the
child process of a check does.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine

from .address import AddressRecognizer
from .bank_card import BankCardRecognizer
from .base import LANGUAGE, TableRecognizer
from .birth_date import BirthDateRecognizer
from .classified import ClassifiedRecognizer
from .email import EmailRecognizer
from .foreigner_id import ForeignerIdRecognizer
from .hmt_residence import HmtResidenceRecognizer
from .hmt_travel import HmtTravelRecognizer
from .landline import LandlineRecognizer
from .mobile import MobileRecognizer
from .passport import PassportRecognizer
from .person_name import PersonNameRecognizer
from .resident_id import ResidentIdRecognizer
from .student_registration import StudentRegistrationRecognizer

RECOGNIZERS: list[type[TableRecognizer]] = [
    ClassifiedRecognizer,
    ResidentIdRecognizer,
    HmtResidenceRecognizer,
    HmtTravelRecognizer,
    ForeignerIdRecognizer,
    StudentRegistrationRecognizer,
    MobileRecognizer,
    EmailRecognizer,
    LandlineRecognizer,
    BankCardRecognizer,
    PassportRecognizer,
    AddressRecognizer,
    BirthDateRecognizer,
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
