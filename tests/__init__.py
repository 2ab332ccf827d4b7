"""The tests: ``experiments/run.sh tests`` in the project folder."""

import os

# Products here are small: threads of a BLAS would wait for each other, the
# longer the more else there is to do. Commands that tests start inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
