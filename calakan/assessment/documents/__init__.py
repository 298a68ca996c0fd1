"""What the room hands out as files: questions, and the results of tests."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
