"""Fills core's own registries with what core itself has to say. Imported once, by the app config."""

from . import tones
from .models import Effect
from .models.importing import ImportBatch

tones.register(
    ImportBatch.State,
    {
        ImportBatch.State.UPLOADED: "info",
        ImportBatch.State.READING: "info",
        ImportBatch.State.READ: "warn",
        ImportBatch.State.APPLYING: "info",
        ImportBatch.State.APPLIED: "ok",
        ImportBatch.State.REFUSED: "bad",
    },
)
tones.register(Effect.State, {Effect.State.DEAD: "bad", Effect.State.UNKNOWN: "warn"})
