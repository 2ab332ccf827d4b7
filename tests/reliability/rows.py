"""The rows of the reliability table."""

from tests.reliability.row import Row

ROWS = (
    Row("R1", "a killed run resumes bit for bit", "kills.killed"),
    Row("R2", "SIGTERM saves, leaves, resumes", "kills.terminated"),
    Row("R3", "a full disk loses nothing committed", "disk.full"),
    Row("R4", "no changed bit loads in silence", "corruption.damaged"),
    Row("R5", "divergence stops the run", "divergence.injected"),
    Row("R6", "bad sounds are named, good ones untouched", "bad_audio.mixed"),
    Row("R7", "no mutated file harms the decoder", "fuzz.mutated"),
    Row("R8", "a sound is the same in every format", "formats.equivalent"),
    Row("R9", "only the seed changes the weights", "determinism.repeated"),
    Row("R10", "growing goes on where it was", "growing.continuous"),
    Row("R11", "the SavedModel is the model", "exported.equivalent"),
    Row("R13", "hostile files are refused", "hostile.refused"),
    Row("R15", "what cannot work is refused at once", "preflight.refused"),
    Row("R16", "long runs stay small", "soak.long_run"),
)
