"""Benchmarks on real servers: each scenario prints its rows; all of them go to bench/results/latest.json."""
