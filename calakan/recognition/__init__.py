"""What a narasumber has given, on paper and in figures: letters of assignment, hours a year, people reached."""
