"""Documents, of which the tables are only a part."""

from __future__ import annotations

from .docx import docx_source
from .pdf import pdf_source

__all__ = ["docx_source", "pdf_source"]
