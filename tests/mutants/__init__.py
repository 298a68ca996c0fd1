"""Whether the tests of a room notice when its rules are broken one at a time: `./run mutants ROOM`."""
