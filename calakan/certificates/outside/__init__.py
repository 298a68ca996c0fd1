"""JP that were earned elsewhere: shown by their owner with a file, confirmed by a person, and counted in no figure of ours."""
