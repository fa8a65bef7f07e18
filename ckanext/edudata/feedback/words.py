"""Words of notices and reports. Pure; texts are English message ids.

Notices name no person and no value: they say what kind of thing waits and where.
"""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.edudata.feedback import words_requests


@dataclass(frozen=True)
class Kind:
    """``endpoint`` and ``keys``: the page to go to, its arguments from the notice.

    ``duty``: somebody is to act; when it was done, no mail of it goes out any more.
    """

    subject: str
    text: str
    endpoint: str
    keys: dict[str, str]
    duty: bool = False


KINDS = {
    "check_blocked": Kind(
        "Personal data found in a file",
        "The check has found what may be personal data: {entities}. The file is opened "
        "in no class until this is settled. The page of the check shows where, and "
        "the ways out.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "check_unreadable": Kind(
        "A file could not be read",
        "The check could not read a file to its last cell. It is not opened until it "
        "has been read. The page of the check says what to do.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "rows_held": Kind(
        "New data were not released by themselves",
        "Data came into an entry that releases by itself, and were not released; what "
        "is open stays as it is. The page of the entry says why, that of the check "
        "what was found and the ways out.",
        "edudata_check.show",
        {"id": "entry", "resource_id": "object_id"},
    ),
    "security_review": Kind(
        "A security review waits",
        "Data of a grade that needs a security review were approved by a reviewer. "
        "Look at them, and pass or return them with your words.",
        "entry.read",
        {"id": "object_id"},
    ),
    "entry_returned": Kind(
        "A data resource was returned for correction",
        "A data resource of your unit was returned. Its page says what is to be "
        "corrected; then submit it again.",
        "entry.read",
        {"id": "object_id"},
    ),
    "structure_changed": Kind(
        "The structure of data has changed",
        "A data resource was submitted with other columns, types or rules than before. "
        "The comparison shows which. Agree with its compilers on what that means for "
        "tables, interfaces and users, and involve the data coordinator where a "
        "standard is touched.",
        "edudata_versions.compare",
        {"id": "object_id", "number": "version"},
    ),
    "source_asked": Kind(
        "Which data are the source?",
        "A unit below yours cannot tell whether its data or those of another unit are "
        "the authoritative source. Look at the two and decide.",
        "edudata_sources.case",
        {"id": "case"},
    ),
    "source_decided": Kind(
        "It was decided which data are the source",
        "The superior authority has decided on the source of data that your unit and "
        "another one describe. The page of the entry says how, and why.",
        "entry.read",
        {"id": "object_id"},
    ),
    "template_sent": Kind(
        "Data resources to confirm",
        "The authority above your unit has described data that units like yours have. "
        "Confirm each, correct it, or say that your unit does not have it.",
        "edudata_template.answer",
        {"id": "object_id", "unit": "unit"},
    ),
    "template_reminder": Kind(
        "Reminder: data resources to confirm",
        "Descriptions that the authority above has sent to your unit still wait. "
        "Confirm each, correct it, or say that your unit does not have it.",
        "edudata_template.answer",
        {"id": "object_id", "unit": "unit"},
    ),
    "alarm": Kind(
        "Personal data reported in an open dataset",
        "Somebody reports personal data in a dataset that is open to all. Look at it "
        "now: with one click it is stopped at once.",
        "edudata_feedback.alarm",
        {"id": "object_id"},
    ),
    "recheck_found": Kind(
        "Renewed rules have found something in released data",
        "The check was run again with renewed rules over data of your unit that are "
        "released, and found something. Your desk shows what, and until when it is "
        "to be settled.",
        "edudata_desk.desk",
        {},
    ),
    "open_list_waits": Kind(
        "The open list has changes to publish",
        "What your unit, or a unit you act for, has opened to society has changed. The "
        "next version of the open list is ready; look at it and publish it.",
        "edudata_open_list_desk.index",
        {},
    ),
    "factor_reset": Kind(
        "A lost second factor waits for a second person",
        "Somebody has asked to take off the lost second factor of a person in your "
        "care. Make sure who it is, then consent or refuse.",
        "edudata_factor_reset.index",
        {},
        duty=True,
    ),
    "factor_was_reset": Kind(
        "Your second factor was reset",
        "Two people have taken off the second factor of your account, because it was "
        "said to be lost. If you did not ask for this, tell the security officer of "
        "your unit at once and change your password.",
        "edudata_factors.settings",
        {},
    ),
    "post_due": Kind(
        "An undertaking or training ends soon",
        "An undertaking or a training of a person in a sensitive post ends within 30 "
        "days. Renew it, and put the new one on record.",
        "edudata_unit_posts.mine",
        {},
    ),
    "event_alarm": Kind(
        "An alarm of the portal",
        "The portal has raised an alarm. The list of events says what happened, since "
        "when and how often.",
        "edudata_events.shown",
        {},
        duty=True,
    ),
    "audit_trail": Kind(
        "The audit trail needs you",
        "The audit trail could not be sealed, or its proof failed. The page of its "
        "seals says what is the matter. Nobody should change anything in the database "
        "before you have looked.",
        "edudata_audit_seals.seals",
        {},
    ),
    "clearance_void": Kind(
        "What a release rests on has ended",
        "An exception or rule that released data of your unit rest on has ended. Your "
        "desk shows which data, and what to do.",
        "edudata_desk.desk",
        {},
    ),
    "quality_due": Kind(
        "Data are due for an update",
        "Data of your unit are soon due for an update. Release the new data, or say "
        "with one click that they are still current.",
        "entry.read",
        {"id": "object_id"},
    ),
    "quality_due_several": Kind(
        "Data are due for an update",
        "Several data resources of your units are soon due for an update. The page of "
        "quality lists them.",
        "edudata_quality.index",
        {"state": "state"},
    ),
    "quality_overdue": Kind(
        "Data are overdue",
        "Data of your unit were not updated in time. Release the new data, or say with "
        "one click that they are still current.",
        "entry.read",
        {"id": "object_id"},
    ),
    "quality_overdue_several": Kind(
        "Data are overdue",
        "Several data resources of your units were not updated in time. The page of "
        "quality lists them.",
        "edudata_quality.index",
        {"state": "state"},
    ),
    "quality_escalated": Kind(
        "Data of a unit stay overdue",
        "Data of a unit that you coordinate are overdue although their owner was "
        "reminded. Ask the owner to update them.",
        "entry.read",
        {"id": "object_id"},
    ),
    "quality_escalated_several": Kind(
        "Data of units stay overdue",
        "Several data resources of units that you coordinate are overdue although "
        "their owners were reminded. The page of quality lists them.",
        "edudata_quality.index",
        {"state": "state"},
    ),
    "demand_new": Kind(
        "Somebody asks for data of your unit",
        "A data demand waits for an answer: a class and a date, a dataset that is open "
        "already, or a reason. It can be passed on to the unit that holds the data.",
        "edudata_demands.by_id",
        {"id": "object_id"},
    ),
    "demand_answered": Kind(
        "Your data demand was answered",
        "Its page says what will become of it.",
        "edudata_demands.by_id",
        {"id": "object_id"},
    ),
    "demand_hidden": Kind(
        "Your data demand was hidden",
        "It is not public any more. Its page says why.",
        "edudata_demands.by_id",
        {"id": "object_id"},
    ),
    "catalog_due": Kind(
        "A catalog is due",
        "The level coordinator is waiting for the catalog of your unit, or of a unit "
        "that you work for. Prepare it from the approved data resources and submit it.",
        "edudata_catalogs.index",
        {},
    ),
    "catalog_submitted": Kind(
        "Units have submitted their catalogs",
        "Look them through: return them with words, or consolidate them.",
        "edudata_catalogs.progress",
        {"unit": "object_id"},
    ),
    "catalog_returned": Kind(
        "A catalog was returned",
        "The level coordinator has returned the catalog of your unit; its page says "
        "what is to be mended.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
    "catalog_consent": Kind(
        "A catalog waits for your consent",
        "The coordinator has consolidated the catalog and asks for the leader’s "
        "consent. Its approval sheet shows what has changed.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
    "catalog_consented": Kind(
        "A catalog can be published",
        "The leader has consented. Publish the catalog within its sharing scope.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
    "catalog_refused": Kind(
        "The leader did not consent to a catalog",
        "Its page says why. The units’ catalogs wait for the next consolidation.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
    "catalog_published": Kind(
        "A catalog was published",
        "The catalog is published within its sharing scope.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
    "workdays_missing": Kind(
        "The holidays of a year are to be entered",
        "Dates of applications that hang on the holidays of {year} are provisional. "
        "Enter the State Council’s announcement as soon as it is there.",
        "edudata_workdays.index",
        {},
        duty=True,
    ),
    "use_report_soon": Kind(
        "A report of use is due soon",
        "The report on how you used granted data is due by {due}. A renewal needs it.",
        "edudata_after.report",
        {"request_id": "request"},
        duty=True,
    ),
    "use_report_late": Kind(
        "A report of use is late",
        "The report on how you used granted data was due by {due}. File it now: the "
        "owner sees that it is missing, and a renewal needs it.",
        "edudata_after.report",
        {"request_id": "request"},
        duty=True,
    ),
    "use_report_missing": Kind(
        "A report of use is missing",
        "Somebody who uses data of your unit has not filed the report that was due by "
        "{due}. They were reminded. Ask them, or freeze the grant.",
        "edudata_after.report",
        {"request_id": "request"},
    ),
    "use_report_filed": Kind(
        "A report of use was filed",
        "Somebody who uses data of your unit has told how. Read it, and answer where "
        "something is to be said.",
        "edudata_after.report",
        {"request_id": "request"},
        duty=True,
    ),
    "use_report_answered": Kind(
        "Your report of use was read",
        "The owner of the data has read your report. Its page shows their words.",
        "edudata_after.report",
        {"request_id": "request"},
    ),
    "provision_asked": Kind(
        "Somebody asks to hand your data on",
        "The holder of a grant applies to hand data on to a third party. Consent or "
        "refuse; what nobody consents to in time is refused.",
        "edudata_after.provision",
        {"id": "object_id"},
        duty=True,
    ),
    "provision_decided": Kind(
        "Your application to hand data on was decided",
        "Its page says how, and why. Without consent nothing may be handed on.",
        "edudata_after.provision",
        {"id": "object_id"},
    ),
    "recall_told": Kind(
        "Data that you have were recalled",
        "The owner calls data back that you have or had ({number}). Stop using them, "
        "delete them and all copies, and confirm that by {due}. The page says why.",
        "edudata_after.recall",
        {"id": "object_id"},
        duty=True,
    ),
    "recall_chase": Kind(
        "Reminder: confirm the deletion of recalled data",
        "You have not confirmed that recalled data ({number}) are deleted; it was due "
        "by {due}. The owner and the security officer see that it is missing.",
        "edudata_after.recall",
        {"id": "object_id"},
        duty=True,
    ),
    "recall_unconfirmed": Kind(
        "The deletion of recalled data is not confirmed",
        "Not all recipients of recalled data ({number}) have confirmed the deletion by "
        "{due}. The page shows who; they are being reminded.",
        "edudata_after.recall",
        {"id": "object_id"},
    ),
    "recall_complete": Kind(
        "A recall is complete",
        "All recipients of recalled data ({number}) have confirmed the deletion. The "
        "list of destruction can be downloaded.",
        "edudata_after.recall",
        {"id": "object_id"},
    ),
    "recall_lifted": Kind(
        "A recall was lifted",
        "The recall {number} was lifted; its page says why. Whether your grant is in "
        "use again stands on its page.",
        "edudata_after.recall",
        {"id": "object_id"},
    ),
    "person_named": Kind(
        "You were named to work with data",
        "A body has named you to work with the data of application {number}. Look at "
        "what for, and confirm or decline. Nothing can be read before you confirm.",
        "edudata_persons.mine",
        {},
        duty=True,
    ),
    "person_confirmed": Kind(
        "A person you named has confirmed",
        "A person you named in application {number} has accepted the terms.",
        "edudata_persons.listing",
        {"id": "application"},
    ),
    "person_declined": Kind(
        "A person you named has declined",
        "A person you named in application {number} does not work with the data. You "
        "may name somebody else.",
        "edudata_persons.listing",
        {"id": "application"},
    ),
    "person_left": Kind(
        "A person you named has left",
        "A person you named in application {number} works with the data no longer.",
        "edudata_persons.listing",
        {"id": "application"},
    ),
    "person_removed": Kind(
        "You work with data no longer",
        "The body that named you in application {number} has removed you. You can read "
        "nothing under it any more; delete what you have taken.",
        "edudata_persons.mine",
        {},
    ),
    "person_admitted": Kind(
        "You may read the data now",
        "The data owner has admitted you to the data of application {number}. My "
        "grants says how they are read.",
        "edudata_delivery.grants",
        {},
    ),
    "review_person": Kind(
        "A person named later waits to be admitted",
        "The body of application {number} has named one more person after it was "
        "decided, who has confirmed. Admit them on its page, or let it be.",
        "edudata_requests.show",
        {"id": "object_id"},
        duty=True,
    ),
    "catalog_to_merge": Kind(
        "A level has published a new catalog",
        "It can be merged into the next Shanghai catalog.",
        "edudata_catalogs.by_id",
        {"id": "object_id"},
    ),
}

for _name, (_subject, _text) in words_requests.PERSONS.items():
    KINDS[_name] = Kind(_subject, _text, "edudata_delivery.grants", {})
for _name, (_subject, _text) in {
    **words_requests.APPLICANT,
    **words_requests.DUTIES,
    **words_requests.NEWS,
}.items():
    KINDS[_name] = Kind(
        _subject,
        _text,
        "edudata_requests.show",
        {"id": "object_id"},
        duty=_name in words_requests.DUTIES,
    )

#: What is reported, for the form; the order is the form's.
ALARM_KINDS = {
    "name": "Names of persons",
    "number": "ID, student or card numbers",
    "contact": "Telephone numbers, addresses or accounts",
    "health": "Health, poverty or family of persons",
    "picture": "Pictures or signatures of persons",
    "other": "Something else by which a person can be recognised",
}

STATES = {
    "open": "Waits for an answer",
    "stopped": "The dataset was stopped",
    "unfounded": "No personal data; the dataset stays open",
}
