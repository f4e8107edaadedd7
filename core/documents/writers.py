"""Who writes a document as which file."""

from . import pdf, word

WRITERS = {"docx": word, "pdf": pdf}  # by the ending of the file
