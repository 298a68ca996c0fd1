"""What participants do between the sessions: tasks with a due time and their review; tests and what they show."""
