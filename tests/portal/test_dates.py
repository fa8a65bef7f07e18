"""Days are told by the portal's clock."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-23T15:59:59+00:00", "2026年11月23日"),
        # Already the next day in Shanghai.
        ("2026-11-23T16:00:00+00:00", "2026年11月24日"),
        ("2026-11-23T16:00:00", "2026年11月24日"),
        ("2026-11-24T00:00:00+08:00", "2026年11月24日"),
        ("", ""),
    ],
)
def test_a_day_is_shanghais(test_request_context, with_plugins, moment, day):
    with test_request_context("/"):
        assert tk.h.edudata_date(moment) == day
