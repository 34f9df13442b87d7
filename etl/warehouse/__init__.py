"""The warehouse: loading returns, their versions, queries, plans, status and backup."""
