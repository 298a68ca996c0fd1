"""Benchmarks: each scenario prints one row; all rows go to bench/results/latest.json."""
