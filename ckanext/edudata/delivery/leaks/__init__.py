"""The leak self-test: the running portal is asked for what it must not tell.

`closed` learns from the database what is closed; `families` knows the ways by which
CKAN and its plugins let data out; `persons` makes accounts for the run and takes them
away; `asking` puts the questions over HTTP; `judging` looks for what must not be there.
"""
