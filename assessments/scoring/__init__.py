"""Scores as arithmetic: rule and facts give points and an explanation, and nothing else is read.

Pure functions without database and framework (import contract `The engine of scores is pure`): the
same rule and the same facts give the same bytes years later. Numbers are exact fractions until the
end; a total is rounded once, half up, to the places that the scheme states.
"""
