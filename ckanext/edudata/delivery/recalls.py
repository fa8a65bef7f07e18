"""Keeping recalls: grants frozen at once, recipients told, deletion confirmed."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import extracts, holders, recall_rules
from ckanext.edudata.delivery.model import Delivery, Grant
from ckanext.edudata.delivery.model_after import Recall, RecallPerson
from ckanext.edudata.feedback import telling
from ckanext.edudata.requests import book
from ckanext.edudata.units import who_may

log = logging.getLogger(__name__)

PLAIN = ("id", "number", "unit_id", "dataset_id", "release_id", "reason", "words")


def get(recall_id: str, *, lock: bool = False) -> Recall:
    """A recall as it stands in the database.

    :raises ObjectNotFound: there is none
    """
    row = model.Session.get(
        Recall, recall_id, populate_existing=True, with_for_update=lock or None
    )
    if row is None:
        raise not_found()
    return row


def not_found() -> tk.ObjectNotFound:
    return tk.ObjectNotFound(tk._("There is no such recall"))


def one_at_a_time(dataset_id: str) -> None:
    """No grant of a dataset is made or freed while another transaction recalls it."""
    transactions.one_at_a_time(f"edudata_recall:{dataset_id}")


def refuse_new(dataset_id: str, release_id: str) -> None:
    """Let no grant be made on data that are recalled, in the open transaction.

    :raises ValidationError: they are
    """
    one_at_a_time(dataset_id)
    query = sa.select(Recall).where(
        (Recall.release_id == release_id) & (Recall.state != "lifted")
        | (Recall.dataset_id == dataset_id)
        & Recall.release_id.is_(None)
        & (Recall.state == "open")
    )
    _refuse(model.Session.scalar(query.limit(1)))


def refuse_freed(request_id: str) -> None:
    """Let no recalled grant be freed, in the open transaction.

    :raises ValidationError: it is recalled
    """
    query = sa.select(Grant).where(Grant.request_id == request_id)
    for grant in model.Session.scalars(query).all():
        one_at_a_time(grant.dataset_id)
        _refuse(of(grant))


def _refuse(found: Recall | None) -> None:
    if found is not None:
        words = tk._(
            "These data were recalled ({number}). Nobody may have them until the "
            "recall is lifted."
        )
        raise tk.ValidationError({"recall": [words.format(number=found.number)]})


def of(grant: Grant) -> Recall | None:
    """The recall in force that a grant falls under."""
    query = sa.select(Recall).where(
        Recall.dataset_id == grant.dataset_id,
        Recall.state != "lifted",
        (Recall.release_id == grant.release_id)
        | Recall.release_id.is_(None) & (Recall.at >= grant.created_at),
    )
    return model.Session.scalar(query.order_by(Recall.at.desc()).limit(1))


def grants_of(
    dataset_id: str, release_id: str | None, *, lock: bool = False
) -> list[Grant]:
    """Grants that a recall of this scope reaches, those that are over with them."""
    query = sa.select(Grant).where(Grant.dataset_id == dataset_id)
    if release_id:
        query = query.where(Grant.release_id == release_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(model.Session.scalars(query.order_by(Grant.id)))


def freeze(found: list[Grant]) -> list[Grant]:
    """Freeze what is in use, in the open transaction; their copies are removed."""
    moved = [grant for grant in found if grant.state == "active"]
    for grant in moved:
        grant.state, grant.changed_at = "frozen", book.now()
    extracts.withdraw(moved)
    model.Session.flush()
    return moved


def add_people(row: Recall, found: list[Grant]) -> list[str]:
    """Note who has had the data or might have; ids of them."""
    ids = [grant.id for grant in found]
    taken = {
        user_id: (count, int(total), last)
        for user_id, count, total, last in model.Session.execute(
            sa.select(
                Delivery.user_id,
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(Delivery.rows), 0),
                sa.func.max(Delivery.at),
            )
            .where(Delivery.grant_id.in_(ids))
            .group_by(Delivery.user_id)
        )
    }
    people = holders.recipients(ids)
    for user_id, mine in people.items():
        count, total, last = taken.get(user_id, (0, 0, None))
        model.Session.add(
            RecallPerson(
                recall_id=row.id,
                user_id=user_id,
                grants=sorted(mine),
                deliveries=count,
                rows=total,
                last_delivery=last,
            )
        )
    model.Session.flush()
    return sorted(people)


def people(recall_id: str, *, open_only: bool = False) -> list[RecallPerson]:
    """Recipients, those who have not confirmed first."""
    query = sa.select(RecallPerson).where(RecallPerson.recall_id == recall_id)
    if open_only:
        query = query.where(RecallPerson.confirmed_at.is_(None))
    order = [RecallPerson.confirmed_at.desc().nulls_first(), RecallPerson.user_id]
    return list(model.Session.scalars(query.order_by(*order)))


def record(
    command: str, actor_id: str | None, row: Recall, detail: dict[str, Any]
) -> None:
    trail.record(
        f"recall_{command}",
        actor_id=actor_id,
        object_type="recall",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={"dataset": row.dataset_id, "release": row.release_id, **detail},
    )


def tell(kind: str, row: Recall, users: list[str], **detail: Any) -> list[str]:
    """Notices in the open transaction; ids of the new ones."""
    return telling.note(
        kind,
        users,
        unit_id=row.unit_id,
        object_type="recall",
        object_id=row.id,
        detail={"number": row.number, "due": row.due.isoformat(), **detail},
    )


def watchers(row: Recall) -> list[str]:
    """Who may freeze grants there: reviewers and security officers of the owner."""
    return telling.responsible(row.unit_id, who_may.roles_for("grant_freeze"))


def follow(row: Recall) -> None:
    """Let the applications follow their frozen grants, one by one; may be repeated.

    What fails is tried again by the clock: the grants are frozen already.
    """
    recall_id, actor = row.id, model.User.get(row.actor_id)
    words = tk._("The data were recalled ({number}).").format(number=row.number)
    said = f"{words}\n{row.words}"
    found = grants_of(row.dataset_id, row.release_id)
    request_ids = [grant.request_id for grant in found if grant.state == "frozen"]
    model.Session.rollback()
    left = False
    for request_id in request_ids:
        context: Any = {"user": actor.name if actor else ""}
        try:
            tk.get_action("edudata_request_freeze")(
                context, {"id": request_id, "words": said}
            )
        except tk.ValidationError:
            model.Session.rollback()  # frozen already, or over
        except (tk.NotAuthorized, tk.ObjectNotFound):
            model.Session.rollback()
            left = True
            log.warning("Application %s does not follow its grant", request_id)
    if not left:
        row = get(recall_id, lock=True)
        row.settled_at = row.settled_at or book.now()
        model.Session.commit()


def version(row: Recall) -> int | None:
    """Number of the recalled version, None for all versions."""
    return version_of(row.dataset_id, row.release_id) if row.release_id else None


def version_of(dataset_id: str, release_id: str) -> int | None:
    found = next(iter(grants_of(dataset_id, release_id)), None)
    if found is None:
        return None
    return tk.get_action("edudata_frozen_table_show")(
        {"ignore_auth": True}, {"id": found.table_id}
    )["version"]


def shown(row: Recall, user_id: str | None) -> dict[str, Any]:
    """A recall as its actions return it: how far it is, and the reader's own part."""
    package = model.Package.get(row.dataset_id)
    mine = model.Session.get(
        RecallPerson, (row.id, user_id or ""), populate_existing=True
    )
    total, done = model.Session.execute(
        sa.select(sa.func.count(), sa.func.count(RecallPerson.confirmed_at)).where(
            RecallPerson.recall_id == row.id
        )
    ).one()
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "dataset_title": package.title if package else "",
        "version": version(row),
        "state": row.state,
        "at": row.at.isoformat(),
        "due": row.due.isoformat(),
        "late": row.state == "open" and book.today() > row.due,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closing_words": row.closing_words,
        "people": total,
        "confirmed": done,
        "mine": person(mine) if mine else None,
    }


def person(row: RecallPerson) -> dict[str, Any]:
    """A recipient's part."""
    plain = ("user_id", "grants", "deliveries", "rows", "chased", "what")
    return {
        **{name: getattr(row, name) for name in (*plain, "derived", "derived_words")},
        "told_at": row.told_at.isoformat(),
        **{
            name: value.isoformat() if (value := getattr(row, name)) else None
            for name in ("last_delivery", "chased_at", "confirmed_at", "deleted_on")
        },
    }


def chase(row: Recall) -> list[str]:
    """Remind who has not confirmed in time, and tell the owner once; ids of the new
    notices. In the open transaction, the recall held."""
    today, ids = book.today(), []
    every = tk.config["ckanext.edudata.recall.days_chase"]
    zone = tk.h.get_display_timezone()
    late = people(row.id, open_only=True)
    for each in late:
        last = each.chased_at.astimezone(zone).date() if each.chased_at else None
        if recall_rules.to_chase(row.due, today, every, last):
            each.chased, each.chased_at = each.chased + 1, book.now()
            ids += tell("recall_chase", row, [each.user_id], time=each.chased)
    if late and today > row.due and row.told_late_at is None:
        row.told_late_at = book.now()
        ids += tell("recall_unconfirmed", row, watchers(row))
    return ids


def default_due() -> datetime.date:
    days = tk.config["ckanext.edudata.recall.days_confirm"]
    return book.today() + datetime.timedelta(days=days)


def versions(dataset_id: str) -> list[dict[str, Any]]:
    """Versions of a dataset that grants were given on, with how many: newest first."""
    found: dict[str, dict[str, Any]] = {}
    for grant in grants_of(dataset_id, None):
        row = found.setdefault(
            grant.release_id, {"release_id": grant.release_id, "grants": 0, "active": 0}
        )
        row["grants"] += 1
        row["active"] += grant.state == "active" and book.now() < grant.until
    for release_id, row in found.items():
        row["version"] = version_of(dataset_id, release_id) or 0
    return sorted(found.values(), key=lambda row: -row["version"])


def datasets(unit_ids: list[str]) -> list[dict[str, Any]]:
    """Datasets of units that anybody has or had a grant on."""
    query = (
        sa.select(Grant.dataset_id, Grant.unit_id, sa.func.count())
        .where(Grant.unit_id.in_(unit_ids))
        .group_by(Grant.dataset_id, Grant.unit_id)
    )
    found = []
    for dataset_id, unit_id, count in model.Session.execute(query):
        package = model.Package.get(dataset_id)
        found.append(
            {
                "id": dataset_id,
                "unit_id": unit_id,
                "title": package.title if package else dataset_id,
                "grants": count,
            }
        )
    return sorted(found, key=lambda each: each["title"])
