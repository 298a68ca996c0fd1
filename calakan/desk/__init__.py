"""What a person in charge looks at first: what waits, how the year goes, and what operators watch. The last room."""
