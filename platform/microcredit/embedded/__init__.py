"""The PostgreSQL server that the demo and the tests start by themselves."""
