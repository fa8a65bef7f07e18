"""CKAN as a WSGI application: ``gunicorn stack.wsgi`` with CKAN_INI."""

import os

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckanext.edudata.operations import starting

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
starting.refuse(application)
