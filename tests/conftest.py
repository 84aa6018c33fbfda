"""Before anything is imported: one thread for small linear algebra, as the command line has it."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
