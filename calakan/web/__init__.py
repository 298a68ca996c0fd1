"""The chrome of every page: gate, layout, forms, messages, headers, static files."""
