"""The HTTP edge: caller, preconditions, paging, content negotiation, problem documents, API description."""
