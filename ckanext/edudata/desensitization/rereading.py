"""Reading one thing again under the code's rules, without any consequence."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.desensitization import basis, exceptions, jobs, rules, runs
from ckanext.edudata.desensitization.model import Check
from ckanext.edudata.desensitization.report import CheckReport


class RulesChangedError(Exception):
    """The files of the rules were changed while they were applied."""


def released(subject: dict[str, Any]) -> tuple[CheckReport, dict[str, Any]]:
    """Read what was released, as `edudata_released_content_list` names it.

    :returns: the report, and the basis it was made under
    :raises ObjectNotFound: it stands nowhere any more
    :raises RulesChangedError: start again
    """
    from ckanext.edudata.desensitization import engine

    made_under = basis.of(subject["resource_id"])
    wanted = {key: subject[key] for key in ("kind", "subject")}
    with tempfile.TemporaryDirectory(prefix="edudata-recheck-") as workdir:
        path = os.path.join(workdir, "table")
        found = tk.get_action("edudata_released_content_fetch")(
            {"ignore_auth": True}, {**wanted, "path": path}
        )
        # Reading takes its time, and needs nothing of the database.
        model.Session.commit()
        if subject["kind"] == "words":
            report = engine.check_metadata(found["texts"], sandbox=jobs.sandbox())
        else:
            report = engine.check_file(
                path,
                found["name"],
                options=jobs.options_under(made_under),
                sandbox=jobs.sandbox(),
            )
    same_rules(report.ruleset)
    exceptions.pass_excepted(report, made_under["exceptions"])
    return report, made_under


def entry(check: Check) -> str | None:
    """Check a file or description of an entry again, with all that follows.

    :returns: the verdict, None while somebody else is at it
    :raises RulesChangedError: start again
    """
    if check.state == "done":
        check = runs.again(check)
        model.Session.flush()
    check_id = check.id
    model.Session.commit()
    jobs.run_check(check_id)
    done = model.Session.get(Check, check_id, populate_existing=True)
    if done is None or done.state != "done":
        return None
    same_rules(done.ruleset)
    return done.verdict


def entry_only(check: Check) -> str:
    """The verdict on a file or description, for a dry run: nothing is kept.

    :raises RulesChangedError: start again
    """
    made_under = basis.of(check.resource_id)
    with tempfile.TemporaryDirectory(prefix="edudata-recheck-") as workdir:
        report = jobs.read(check.id, workdir)
    same_rules(report.ruleset)
    exceptions.pass_excepted(report, made_under["exceptions"])
    return report.verdict


def same_rules(made_by: str | None) -> None:
    """
    :raises RulesChangedError: the child read by other rules than this process has
    """
    if made_by != rules.code():
        raise RulesChangedError(made_by or "")
