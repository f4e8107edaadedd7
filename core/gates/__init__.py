"""The gates of files that people add to a record: what a file truly is, and whether it may come in.

They run in a process of their own (`core.apart`), so they load neither Django nor a row. Each is
linear in the bytes it is given and in the bytes these unpack to, and both are capped.
"""
