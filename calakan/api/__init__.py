"""JSON doors for programs: one module per room, the same services and the same policy table as the pages."""
