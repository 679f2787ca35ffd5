"""A site of the tests' own on loopback: two PostgreSQL servers, three service nodes, nginx, and its traffic."""
