"""The one plugin of the portal: each hook of CKAN answered in a line by a room."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context, Schema

from ckanext.edudata import rooms, settings
from ckanext.edudata.catalog import entries, indexing, visibility
from ckanext.edudata.cli import edudata
from ckanext.edudata.delivery import tokens
from ckanext.edudata.guard import malware, token_ends
from ckanext.edudata.identity import step_up
from ckanext.edudata.opening import files
from ckanext.edudata.portal import pages
from ckanext.edudata.units import noting


@tk.blanket.actions(lambda: step_up.wrapped(rooms.functions("action")))
@tk.blanket.auth_functions(lambda: rooms.functions("auth"))
@tk.blanket.validators(lambda: rooms.functions("validators"))
@tk.blanket.helpers(lambda: rooms.functions("helpers"))
@tk.blanket.blueprints(rooms.blueprints)
@tk.blanket.cli(lambda: [edudata])
@tk.blanket.config_declarations
class EdudataPlugin(DefaultTranslation, p.SingletonPlugin):
    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    p.implements(p.IPermissionLabels)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IUploader, inherit=True)
    p.implements(p.IApiToken, inherit=True)
    p.implements(p.IAuthenticator, inherit=True)
    p.implements(p.IMiddleware, inherit=True)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "edudata")
        settings.apply(config)

    # ITranslation
    def i18n_directory(self) -> str:
        return os.path.dirname(import_module("ckanext.edudata.i18n").__file__ or "")

    def i18n_domain(self) -> str:
        return "ckanext-edudata"

    # IPermissionLabels
    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        return visibility.dataset_labels(dataset_obj)

    def get_user_dataset_labels(self, user_obj: Any) -> list[str]:
        return visibility.user_labels(user_obj)

    # IPackageController
    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        entries.written(context, pkg_dict, "entry_create")

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        entries.written(context, pkg_dict, "entry_update")

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return indexing.before_index(pkg_dict)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return indexing.before_search(search_params)

    # IOrganizationController
    def create(self, entity: Any) -> None:
        noting.written("unit_create", entity)

    def edit(self, entity: Any) -> None:
        noting.written("unit_update", entity)

    # IFacets
    def dataset_facets(
        self, facets_dict: dict[str, Any], package_type: str
    ) -> dict[str, Any]:
        return pages.facets(facets_dict)

    def organization_facets(
        self,
        facets_dict: dict[str, Any],
        organization_type: str,
        package_type: str | None,
    ) -> dict[str, Any]:
        return pages.facets(facets_dict)

    # IUploader
    def get_uploader(self, upload_to: str, old_filename: str | None = None) -> Any:
        return malware.picture(upload_to, old_filename)

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> Any:
        malware.resource(data_dict)
        return files.uploader(data_dict)

    # IApiToken
    def create_api_token_schema(self, schema: Schema) -> Schema:
        return token_ends.schema(schema)

    def postprocess_api_token(
        self, data: dict[str, Any], jti: str, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        return token_ends.ending(data, jti, data_dict)

    def preprocess_api_token(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        # A grant's token ends with its grant.
        data = tokens.remember(data)
        return data if tokens.bound() else token_ends.in_time(data)

    # IAuthenticator
    def identify(self) -> Any:
        return tokens.confine()

    # IMiddleware
    def make_middleware(self, app: Any, config: CKANConfig) -> Any:
        return pages.middleware(app)
