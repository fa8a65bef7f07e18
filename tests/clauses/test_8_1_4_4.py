"""8.1.4.4 d: input is looked at before it is used; 8.1.4.5: nothing that acts."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

ODD: tuple[Any, ...] = (
    *({"a": 1}, ["x"], "' OR 1=1 --", "{!xmlparser v='x'}", "../../etc/passwd"),
    *("x" * 5000, "<script>alert(1)</script>", -1, True),
)


@pytest.mark.clause("8.1.4.4 d")
@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("edudata_incident_show", "id"),
        ("edudata_incident_freeze", "dataset_id"),
        ("edudata_request_show", "id"),
        ("edudata_release_list", "id"),
        ("datastore_search", "resource_id"),
    ],
)
def test_odd_references_are_refused_in_words(
    clean_db: Any, with_plugins: Any, action: str, field: str
) -> None:
    refusals = (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized)
    for value in ODD:
        with pytest.raises(refusals) as refused:
            tk.get_action(action)({"user": ""}, {field: value})
        model.Session.rollback()
        assert "Traceback" not in str(refused.value)
        assert "psycopg2" not in str(refused.value)
