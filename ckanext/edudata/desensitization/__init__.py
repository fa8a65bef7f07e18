"""The personal-data check (个人信息检测) and desensitized data, Articles 27, 31 and 36.

``read -> columns -> recognizers -> profile -> verdict``: pure files, no CKAN import.
Start reading at :mod:`.engine`. Importing this package loads nothing heavy: Presidio
and the readers live in the child process that :mod:`.sandbox` starts.
"""
