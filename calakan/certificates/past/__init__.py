"""Diklat that were held and certified before or beside this system, as a list of numbers and names."""
