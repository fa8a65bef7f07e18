"""8.1.4.5, 8.1.4.7, 8.1.4.8: what is kept is whole, sealed, and does nothing itself."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening.model import ReleasedResource
from ckanext.edudata.requests import sealed
from ckanext.edudata.requests.model_applicants import Applicant
from tests.delivery import conditional


@pytest.mark.clause("8.1.4.7 b")
def test_what_is_released_is_named_by_its_digest(portal: Any) -> None:
    entry = portal.entry()
    portal.upload(entry, "学校.csv", "学校,人数\n示例一中,500\n".encode())
    portal.released(entry)
    row = model.Session.scalars(sa.select(ReleasedResource)).one()
    assert row.file_digest
    assert len(row.file_digest) == 64
    assert row.content_digest


@pytest.mark.clause("8.1.4.8 b", "8.1.4.11 b")
def test_contact_data_are_sealed_to_their_row(portal: Any) -> None:
    conditional.known(portal, portal.researcher)
    row = model.Session.scalars(sa.select(Applicant)).one()
    assert conditional.PROFILE["telephone"] not in row.sealed
    assert conditional.PROFILE["telephone"] in sealed.unseal(row.sealed, row.place)
    with pytest.raises(sealed.SealError):
        sealed.unseal(row.sealed, "edudata_applicant:another")
