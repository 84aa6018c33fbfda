"""Do reported numbers agree with each other? A check of papers, drafts and lab books (verb: ``audit``)."""
