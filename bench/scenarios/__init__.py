"""One file a scenario: `NAME`, `TITLE` and `run(bench)`, which yields rows and raises Wrong when a promise is broken."""
