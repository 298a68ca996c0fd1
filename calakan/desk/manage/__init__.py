"""The panitia's pages of this room, under /kelola."""
