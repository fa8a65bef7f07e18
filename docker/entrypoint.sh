#!/bin/sh
# What the image runs: web (default), worker, sweeper, init, or any ckan command.
set -eu
umask 077

python3 /opt/edudata/configure.py /opt/edudata/ckan.ini.in "$CKAN_INI"

case "${1:-web}" in
web)
    export PROMETHEUS_MULTIPROC_DIR=/dev/shm/edudata-figures
    exec gunicorn wsgi --chdir /opt/edudata --bind 0.0.0.0:5000 \
        --workers "${WEB_WORKERS:-4}" --worker-class gthread --threads 4 \
        --timeout 120 --graceful-timeout 10 --worker-tmp-dir /dev/shm \
        --max-requests 20000 --max-requests-jitter 2000 \
        --config python:ckanext.edudata.operations.serving
    ;;
worker)
    exec ckan -c "$CKAN_INI" jobs worker default edudata
    ;;
sweeper)
    exec ckan -c "$CKAN_INI" edudata sweep --every 60
    ;;
init)
    ckan -c "$CKAN_INI" db upgrade
    exec python3 /opt/edudata/permissions.py
    ;;
ckan)
    shift
    exec ckan -c "$CKAN_INI" "$@"
    ;;
*)
    exec "$@"
    ;;
esac
