"""Why a file could not be read, each with the way out (promise 4: fail closed)."""

from __future__ import annotations

from .report import Reason

REASONS = {
    "empty": "The file is empty. Upload the file again with its content.",
    "no_table": "No table was found in the file. Put the data into rows and columns.",
    "other_columns": "The table has other columns than the version that is open. "
    "Upload a file with the new columns in place of the old one, and have it reviewed.",
    "encrypted": "The file is protected by a password. Remove the password, save it "
    "and upload it again.",
    "unsupported": "Files of the kind {kind} cannot be read. Save the table as "
    "XLSX or as CSV (UTF-8) and upload that.",
    "picture": "The file is a picture ({kind}), and what it shows cannot be read. Put "
    "the table itself into XLSX or CSV, or the text into DOCX.",
    "media": "The file is a recording ({kind}), and what it holds cannot be read. Only "
    "tables and texts can be checked.",
    "polyglot": "The file is two kinds of file in one, so that programs show different "
    "things. Save it anew and upload that.",
    "too_deep": "The file is nested more than {limit} levels deep. Make it flatter, or "
    "save the table as CSV (UTF-8).",
    "long_line": "A line of the file is longer than {limit}, so it is no table. Save "
    "the table anew as CSV (UTF-8).",
    "bad_text": "The file stops making sense as {kind} near line {line}. Correct it "
    "there, or save the table as XLSX or CSV (UTF-8).",
    "entities": "The XML file declares entities of its own, which cannot be checked. "
    "Save it without a DTD.",
    "member": "File {number} in the archive cannot be read. Unpack the archive and "
    "check its files one by one: each will say why.",
    "archive": "The archive is not put together as it says (files overlap, have wrong "
    "sizes, or data lie between them). Pack the files anew.",
    "archive_deep": "Archives lie in archives more than {limit} levels deep. Pack the "
    "files into one archive.",
    "too_many_files": "The archive holds more than {limit} files. Split it into parts.",
    "link": "The archive holds a link in place of a file. Pack the file itself.",
    "html": "The file is a web page or XML and not a spreadsheet, whatever its name "
    "says. Open it in a spreadsheet program and save it as XLSX.",
    "broken": "The file is damaged or not what it says it is. Open it, save it as "
    "XLSX or CSV (UTF-8) and upload that.",
    "encoding": "The text is in no encoding that could be read without loss. Save it "
    "as CSV (UTF-8).",
    "unclosed_quote": "A quotation mark opened in row {row} is never closed, so rows "
    "would run together. Correct that row and upload the file again.",
    "nul": "The file holds NUL characters and is not a clean text file. Export it "
    "again from its source as CSV (UTF-8).",
    "too_large": "The file is larger than the limit of {limit}. Split it into parts.",
    "too_many_cells": "The file has more cells than the limit of {limit}. Split it "
    "into parts, or delete unused rows and columns.",
    "too_many_columns": "A row has more than {limit} columns. Check the delimiter, or "
    "delete unused columns.",
    "long_cell": "The cell in row {row} holds more than {limit} characters. Move the "
    "text into a file of its own.",
    "far_cell": "A cell stands far outside the table, in row {row}. Delete the unused "
    "rows and columns and save again.",
    "bomb": "The file unpacks to far more than its size. Save the table anew as XLSX "
    "or CSV (UTF-8).",
    "embedded": "The file holds {count} pictures or embedded files, which cannot be "
    "checked. Remove them and upload it again.",
    "embedded_in": "The file holds {count} pictures or embedded files, which cannot be "
    "checked, in the sheets: {sheets}. Remove them and upload it again.",
    "scan": "A page of the file is a picture or has letters that are no text, so it "
    "cannot be checked. Save the document as PDF from the program it was written in, "
    "or put the table into XLSX.",
    "timeout": "Reading took longer than {limit} seconds. Split the file into parts.",
    "memory": "Reading needed more memory than allowed. Split the file into parts, or "
    "save it as CSV (UTF-8).",
    "name_engine": "The engine for names that is set here ({engine}) does not work, so "
    "no text could be read for names. Tell the people who run this portal.",
    "crashed": "The file made its reader fail. Save the table as CSV (UTF-8) and "
    "upload that.",
}


class Unreadable(Exception):  # noqa: N818
    """Raised by readers; the check turns it into the verdict ``unreadable``."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.reason = reason(code, **values)


def reason(code: str, **values: object) -> Reason:
    return Reason(code=code, msgid=REASONS[code], values=dict(values))
