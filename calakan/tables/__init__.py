"""Tables that people send: CSV as any program writes it, or XLSX. Cells come out as the sheet shows them."""
