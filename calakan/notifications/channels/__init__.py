"""The ways out, one file each, behind one interface. None of them knows the database."""
