"""Words of quality. Pure; texts are English message ids."""

from __future__ import annotations

STATES = {
    "current": ("Up to date", "success"),
    "due_soon": ("Due soon", "warning"),
    "overdue": ("Overdue", "danger"),
    "none": ("No due date", "secondary"),
}
"""Label and tone of a state of currency."""

VALIDITY = {
    "none": ("No table", "secondary"),
    "waiting": ("Being checked", "info"),
    "valid": ("Rows fit", "success"),
    "invalid": ("Rows do not fit", "warning"),
    "failed": ("Not checked", "warning"),
}

BASES = {
    "release": "Released on {date}",
    "approval": "Approved on {date}",
    "confirmation": "Confirmed as still current on {date}",
}

PROBLEMS = {
    "required": "Empty although the item is required: {n}",
    "type": "Not of the type “{type}”: {n}",
    "length": "Longer or shorter than the item allows: {n}",
    "codes": "Not in the code list: {n}",
    "unique": "Repeats a value that must be unique: {n}",
}
"""Problems of a column, for its owner."""

PUBLIC_PROBLEMS = {
    "required": "Cells empty although a value is expected: {n}",
    "type": "Cells not of the type stated: {n}",
    "length": "Cells longer or shorter than stated: {n}",
    "codes": "Cells with a value that is not in the code list: {n}",
    "unique": "Cells that repeat a value that should be unique: {n}",
}

NOT_DONE = {
    "waiting": "The rows are being checked against the information items.",
    "time": "The rows were not checked: the table takes too long. Split it, for "
    "example by year.",
    "memory": "The rows were not checked: the table takes too much memory. Split it, "
    "for example by year.",
    "failed": "The rows could not be checked. Upload the file again; if it fails "
    "again, tell the technician.",
    "gone": "The rows were not checked: the checked copy is not there any more. Run "
    "the personal-data check of the file again.",
}

GAPS = {
    "empty": "Not filled in: {label}",
    "short": "The summary is very short: say what the data are, what they cover, and "
    "what they cannot tell",
    "unlabelled": "Information items of “{file}” without a clear name: {n}",
    "untold": "Information items of “{file}” without a meaning: {n}",
}

CHOICES = {
    "": "All",
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "invalid": "Rows do not fit",
    "incomplete": "Description incomplete",
}
"""Ways to choose entries on the page of quality."""
