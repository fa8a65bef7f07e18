"""What attachments may be, and why one is refused, with the way out. Pure."""

from __future__ import annotations

TYPES = {
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        ".docx",
    ),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
"""Media types that are taken, and the endings their names may have."""

TYPE_LABELS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
}

KINDS = {
    "attachment": "Attachment",
    "agreement_page": "Stamped page of the terms of use",
}

NAME_MOST = 150

REFUSALS = {
    "none": "Choose a file.",
    "empty": "The file is empty. Choose the file again, with its content.",
    "too_large": "The file is larger than {most} MB. Make it smaller, or split it.",
    "too_many": "An application holds at most {most} attachments. Take one back first.",
    "kind": "Only PDF, DOCX, JPEG and PNG are taken, and this file is none of them, "
    "whatever its name says. Save it as PDF and upload that.",
    "name": "The name of the file does not fit its content, which is {kind}. Give the "
    "file the ending {ending} and upload it again.",
    "long_name": "The name of the file is longer than {most} characters. Shorten it.",
    "encrypted": "The file is protected by a password. Remove the password, save it "
    "and upload it again.",
    "macros": "The file holds macros or controls, which are programs. Save it without "
    "them, or as PDF, and upload that.",
    "active": "The PDF acts when it is opened: it holds scripts, forms that send, or "
    "starts programs. Print it into a new PDF and upload that.",
    "embedded": "Another file lies in this one. Take it out, and upload it by itself.",
    "external": "The file loads something from elsewhere when it is opened. Save it "
    "with everything in it, or as PDF, and upload that.",
    "bomb": "The file unpacks to far more than its size. Save it anew and upload that.",
    "polyglot": "The file is two kinds of file in one, so that programs show different "
    "things. Save it anew and upload that.",
    "broken": "The file is damaged. Open it, save it anew and upload that.",
    "timeout": "The file could not be checked in time. Save it as PDF with fewer pages "
    "and upload that.",
    "crashed": "The file made its reader fail. Save it as PDF and upload that.",
}
