"""The launcher behind ./portal.

``cli``, ``say``, ``home``, ``programs``, ``bootstrap`` and ``pipconfig`` need the
standard library only: they run before the environment exists. The rest runs in it.
"""
