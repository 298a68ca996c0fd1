"""The short questionnaire after each session, and what it tells the narasumber without telling who said it."""
