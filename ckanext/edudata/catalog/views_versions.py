from flask import Blueprint

from ckanext.edudata import web

versions = web.answer_refusals(
    Blueprint("edudata_versions", __name__, url_prefix="/entry")
)


@versions.route("/<id>/versions/<int:number>/changes")
def compare(id: str, number: int):
    return ""
