"""Raw RFC 5322 bytes in, one well-typed message out. Plain Python: no Django, no database, no network."""
