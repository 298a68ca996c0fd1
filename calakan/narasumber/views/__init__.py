"""Pages of this room; importing a module hangs its addresses on the blueprint."""

from calakan.narasumber.views import answers, board, handing_out, offer, volunteers
from calakan.narasumber.views.room import blueprint

__all__ = ["answers", "blueprint", "board", "handing_out", "offer", "volunteers"]
