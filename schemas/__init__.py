"""Metadata schemas of entries, open dataset and units, for ckanext-scheming."""
