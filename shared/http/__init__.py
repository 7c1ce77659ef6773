"""The HTTP edge: who asks, preconditions, paging, what form a reader wants, problem documents."""
