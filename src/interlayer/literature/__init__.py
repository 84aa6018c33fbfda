"""The five papers as cells, protocols and claims; what they print against what we compute (verb: ``papers``)."""
