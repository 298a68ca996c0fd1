"""Rows into files, one batch after the other: CSV, a workbook, JSON with its metadata, PDF for print."""
