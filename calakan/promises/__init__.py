"""What the house promises, checked against the tables: `calakan audit` and a page of the admin."""
