"""One format a module, each a pure function of the record."""
