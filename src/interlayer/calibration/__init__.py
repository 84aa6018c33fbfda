"""A cell fitted to records, with uncertainty and identifiability (verb: ``fit``)."""
