#!/bin/sh
# Roles and databases, made when the database's volume is empty.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set ckan="$CKAN_DB_PASSWORD" \
    --set writer="$DATASTORE_WRITE_PASSWORD" \
    --set reader="$DATASTORE_READ_PASSWORD" <<'SQL'
CREATE ROLE ckan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'ckan';
CREATE ROLE datastore_write LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'writer';
CREATE ROLE datastore_read LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'reader';
CREATE DATABASE ckan OWNER ckan TEMPLATE template0 ENCODING 'UTF8';
CREATE DATABASE datastore OWNER datastore_write TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT, TEMPORARY ON DATABASE ckan, datastore FROM PUBLIC;
GRANT CONNECT ON DATABASE datastore TO ckan;
SQL
