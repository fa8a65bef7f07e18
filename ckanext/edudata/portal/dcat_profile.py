"""Open datasets as DCAT 3, field by field (profile `edudata_dcat` of ckanext-dcat).

What is not named here is not told. Of conditional data there is no address of data:
where to apply, what the columns mean, and the synthetic sample (adms:sample).
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles.base import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    SKOS,
    SPDX,
    VCARD,
    RDFProfile,
    namespaces,
)
from ckanext.dcat.utils import catalog_uri, dataset_uri
from rdflib import BNode, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import ORG, RDF, RDFS, XSD

from ckanext.edudata.portal import dcat_words as words

CSVW = Namespace("http://www.w3.org/ns/csvw#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
_MEDIA_TYPE = URIRef("https://www.iana.org/assignments/media-types/text/csv")
_ZH, _EN = "zh", "en"


def labels(field: str, value: Any) -> dict[str, str]:
    """Label of a code of open datasets by language, whatever the page's language is."""
    schema = tk.h.scheming_get_dataset_schema("dataset") or {"dataset_fields": []}
    found = tk.h.scheming_field_by_name(schema["dataset_fields"], field) or {}
    for choice in tk.h.scheming_field_choices(found) or []:
        if choice["value"] == value:
            label = choice["label"]
            if isinstance(label, dict):
                return {_ZH: label.get("zh_Hans_CN", ""), _EN: label.get("en", "")}
            return {_ZH: str(label)}
    return {_ZH: str(value)}


def authority(table: str, code: str) -> URIRef:
    """A concept of an authority table."""
    return URIRef(f"{words.AUTHORITY}{table}/{code}")


class EdudataProfile(RDFProfile):
    """Serializes open datasets; nothing is read by it."""

    def parse_dataset(
        self, dataset_dict: dict[str, Any], dataset_ref: Any
    ) -> dict[str, Any]:
        """Nothing comes in through RDF: what is open comes through the door."""
        return dataset_dict

    def graph_from_catalog(self, catalog_dict: Any, catalog_ref: Any) -> None:
        """The catalog itself, in the site's words."""
        self._bind()
        title = tk.config.get("ckan.site_title") or "edudata"
        publisher = URIRef(f"{catalog_ref}/organization")
        self._all(
            catalog_ref,
            (RDF.type, DCAT.Catalog),
            (DCT.title, Literal(title, lang=_ZH)),
            (DCT.description, Literal(_description(title), lang=_ZH)),
            (DCT.language, authority("language", "ZHO")),
            (DCT.publisher, publisher),
            (FOAF.homepage, URIRef(catalog_uri())),
            (DCAT.themeTaxonomy, URIRef(words.AUTHORITY + "data-theme")),
        )
        authority_name = tk.config.get("ckan.feeds.authority_name") or title
        self._all(
            publisher,
            (RDF.type, FOAF.Agent),
            (FOAF.name, Literal(authority_name, lang=_ZH)),
        )
        self._all(URIRef(catalog_uri()), (RDF.type, FOAF.Document))

    def graph_from_dataset(
        self, dataset_dict: dict[str, Any], dataset_ref: Any
    ) -> None:
        """One open dataset.

        :raises ObjectNotFound: it is none, or was stopped: it has no description
        """
        if not words.served(dataset_dict):
            raise tk.ObjectNotFound
        self._bind()
        told = {
            key: dataset_dict[key] for key in words.SUMMARY if dataset_dict.get(key)
        }
        self._about(dataset_ref, told, dataset_dict.get("tags") or [])
        self._unit(dataset_ref, dataset_dict.get("organization") or {}, told)
        self._rights(dataset_ref, told)
        self._where_and_when(dataset_ref, told)
        for resource in dataset_dict.get("resources") or []:
            self._distribution(dataset_ref, told, resource)

    def _bind(self) -> None:
        for prefix, namespace in {**namespaces, "csvw": CSVW, "dcatap": DCATAP}.items():
            self.g.bind(prefix, namespace)

    def _all(self, subject: Any, *pairs: tuple[Any, Any]) -> None:
        for predicate, value in pairs:
            if value is not None:
                self.g.add((subject, predicate, value))

    def _about(self, ref: Any, told: dict[str, Any], tags: list[Any]) -> None:
        self._all(
            ref,
            (RDF.type, DCAT.Dataset),
            (DCT.title, Literal(told["title"], lang=_ZH)),
            (DCT.description, Literal(told.get("notes") or told["title"], lang=_ZH)),
            (DCT.identifier, Literal(told["id"])),
            (ADMS.identifier, self._code(told.get("resource_code"))),
            (DCT.issued, _moment(told.get("first_released"))),
            (DCT.modified, _moment(told.get("last_released"))),
            (DCAT.version, Literal(str(told.get("release_version", 1)))),
            (DCT.language, authority("language", "ZHO")),
            (DCAT.theme, authority("data-theme", "EDUC")),
            (DCAT.landingPage, URIRef(_page(told))),
        )
        self._all(URIRef(_page(told)), (RDF.type, FOAF.Document))
        for tag in tags:
            self._all(ref, (DCAT.keyword, Literal(tag["name"], lang=_ZH)))
        for field in ("subject_database", "category", "school_stage"):
            if field in told:
                self._all(ref, (DCT.subject, self._concept(field, told[field])))
        if told.get("update_cycle") in words.FREQUENCY:
            frequency = authority("frequency", words.FREQUENCY[told["update_cycle"]])
            self._all(ref, (DCT.accrualPeriodicity, frequency))
            self._labelled(frequency, DCT.Frequency, "update_cycle", told)

    def _code(self, code: str | None) -> Any:
        if not code:
            return None
        node = BNode()
        self._all(
            node, (RDF.type, ADMS.Identifier), (SKOS.notation, Literal(str(code)))
        )
        return node

    def _concept(self, field: str, value: str) -> URIRef:
        ref = URIRef(f"{catalog_uri().rstrip('/')}/def/{field}/{value}")
        self._all(ref, (RDF.type, SKOS.Concept), (SKOS.notation, Literal(value)))
        for language, label in labels(field, value).items():
            self._all(ref, (SKOS.prefLabel, Literal(label, lang=language)))
        return ref

    def _labelled(self, ref: Any, kind: Any, field: str, told: dict[str, Any]) -> None:
        self._all(ref, (RDF.type, kind))
        for language, label in labels(field, told[field]).items():
            self._all(ref, (RDFS.label, Literal(label, lang=language)))

    def _unit(self, ref: Any, unit: dict[str, Any], told: dict[str, Any]) -> None:
        if unit:
            node = URIRef(f"{catalog_uri().rstrip('/')}/organization/{unit['id']}")
            self._all(
                node,
                (RDF.type, FOAF.Agent),
                (RDF.type, ORG.Organization),
                (FOAF.name, Literal(unit.get("title") or unit["name"], lang=_ZH)),
            )
            self._all(ref, (DCT.publisher, node))
        if told.get("contact_office"):
            contact = BNode()
            phone, mail = told.get("contact_phone"), told.get("contact_email")
            self._all(
                contact,
                (RDF.type, VCARD.Organization),
                (VCARD.fn, Literal(told["contact_office"], lang=_ZH)),
                (VCARD.hasTelephone, URIRef(_uri("tel", phone)) if phone else None),
                (VCARD.hasEmail, URIRef(_uri("mailto", mail)) if mail else None),
            )
            self._all(ref, (DCAT.contactPoint, contact))

    def _rights(self, ref: Any, told: dict[str, Any]) -> None:
        right = authority("access-right", words.ACCESS_RIGHT[told["opening_class"]])
        self._all(ref, (DCT.accessRights, right))
        self._labelled(right, DCT.RightsStatement, "opening_class", told)
        said = [labels("opening_class", told["opening_class"])[_ZH]]
        if told["opening_class"] == "conditional":
            if told.get("opening_ground"):
                said.append(labels("opening_ground", told["opening_ground"])[_ZH])
            said.append(told.get("opening_condition") or "")
        statement = BNode()
        text = "。".join(part.strip("。 ") for part in said if part.strip("。 "))
        self._all(
            statement,
            (RDF.type, DCT.RightsStatement),
            (RDFS.label, Literal(text, lang=_ZH)),
        )
        self._all(ref, (DCT.rights, statement))

    def _where_and_when(self, ref: Any, told: dict[str, Any]) -> None:
        if told.get("district"):
            place = BNode()
            self._all(
                place,
                (RDF.type, DCT.Location),
                (SKOS.notation, Literal(told["district"])),
                (DCT.identifier, Literal(told["district"])),
            )
            for language, label in labels("district", told["district"]).items():
                self._all(place, (SKOS.prefLabel, Literal(label, lang=language)))
            self._all(ref, (DCT.spatial, place))
        if told.get("spatial_coverage"):
            place = BNode()
            label = Literal(told["spatial_coverage"], lang=_ZH)
            self._all(place, (RDF.type, DCT.Location), (SKOS.prefLabel, label))
            self._all(ref, (DCT.spatial, place))
        start, end = told.get("temporal_start"), told.get("temporal_end")
        if start or end:
            period = BNode()
            self._all(
                period,
                (RDF.type, DCT.PeriodOfTime),
                (DCAT.startDate, Literal(start, datatype=XSD.date) if start else None),
                (DCAT.endDate, Literal(end, datatype=XSD.date) if end else None),
            )
            self._all(ref, (DCT.temporal, period))

    def _distribution(
        self, ref: Any, told: dict[str, Any], resource: dict[str, Any]
    ) -> None:
        kind = resource.get("kind")
        if kind not in ("data", "conditional", "sample"):
            return
        node = URIRef(f"{dataset_uri(told)}/resource/{resource['id']}")
        sample = kind == "sample"
        title = resource.get("name") or told["title"]
        self._all(ref, (ADMS.sample if sample else DCAT.distribution, node))
        self._all(
            node,
            (RDF.type, DCAT.Distribution),
            (DCT.title, Literal(title + (words.SAMPLE if sample else ""), lang=_ZH)),
            (DCT.description, _words(resource.get("description"))),
            (DCT.description, _words(words.SAMPLE_TOLD if sample else "")),
            (DCT.issued, _moment(told.get("last_released"))),
            (DCT["format"], authority("file-type", "CSV")),
            (DCAT.mediaType, _MEDIA_TYPE),
            (DCAT.accessURL, URIRef(_access(told, resource))),
            (DCT.conformsTo, self._columns(node, resource)),
        )
        self._licence(node, told)
        if kind == "conditional":
            right = authority("access-right", words.ACCESS_RIGHT["conditional"])
            self._all(node, (DCT.accessRights, right))
            return
        availability = authority("planned-availability", "AVAILABLE")
        self._all(
            node,
            (DCAT.downloadURL, URIRef(_download(told, resource))),
            (DCATAP.availability, availability),
            (DCAT.byteSize, _size(resource.get("size"))),
            (SPDX.checksum, self._checksum(resource.get("hash"))),
        )

    def _licence(self, node: Any, told: dict[str, Any]) -> None:
        code = told.get("license_id")
        if not code:
            return
        if code in words.LICENCES:
            licence: Any = URIRef(words.LICENCES[code])
        else:
            licence = URIRef(f"{catalog_uri().rstrip('/')}/def/license/{code}")
        self._all(node, (DCT.license, licence))
        self._labelled(licence, DCT.LicenseDocument, "license_id", told)

    def _checksum(self, value: str | None) -> Any:
        if not value or not value.startswith("sha256:"):
            return None
        node = BNode()
        digest = Literal(value.removeprefix("sha256:"), datatype=XSD.hexBinary)
        self._all(
            node,
            (RDF.type, SPDX.Checksum),
            (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
            (SPDX.checksumValue, digest),
        )
        return node

    def _columns(self, node: Any, resource: dict[str, Any]) -> Any:
        """Information items as a schema of CSV on the Web."""
        items = resource.get("information_items") or []
        if not isinstance(items, list) or not items:
            return None
        schema = URIRef(f"{node}#schema")
        columns: list[Any] = []
        for item in items:
            column = BNode()
            datatype = words.DATATYPES.get(item.get("type") or "", "string")
            self._all(
                column,
                (RDF.type, CSVW.Column),
                (CSVW.name, Literal(item["name"])),
                (CSVW.title, Literal(item.get("label") or item["name"], lang=_ZH)),
                (CSVW.datatype, XSD[datatype]),
                (DCT.description, _words(item.get("description"))),
            )
            columns.append(column)
        first = BNode()
        Collection(self.g, first, columns)
        self._all(
            schema,
            (RDF.type, CSVW.Schema),
            (RDF.type, DCT.Standard),
            (CSVW.column, first),
        )
        return schema


def _description(title: str) -> str:
    return tk.config.get("ckan.site_description") or title


def _words(text: Any) -> Literal | None:
    return Literal(str(text), lang=_ZH) if text else None


def _moment(value: Any) -> Literal | None:
    if not value:
        return None
    moment = datetime.datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return Literal(moment.isoformat(), datatype=XSD.dateTime)


def _size(value: Any) -> Literal | None:
    if not value:
        return None
    return Literal(str(int(value)), datatype=XSD.nonNegativeInteger)


def _uri(scheme: str, value: str) -> str:
    kept = "".join(char for char in str(value) if char.isalnum() or char in "+-.@_")
    return f"{scheme}:{kept}"


def _page(told: dict[str, Any]) -> str:
    return f"{catalog_uri().rstrip('/')}/dataset/{told['name']}"


def _access(told: dict[str, Any], resource: dict[str, Any]) -> str:
    if resource["kind"] == "conditional":
        return f"{_page(told)}/apply/{resource['id']}"
    return f"{_page(told)}/resource/{resource['id']}"


def _download(told: dict[str, Any], resource: dict[str, Any]) -> str:
    name = str(resource.get("url") or "").rsplit("/", 1)[-1] or "data.csv"
    return f"{_page(told)}/resource/{resource['id']}/download/{name}"
