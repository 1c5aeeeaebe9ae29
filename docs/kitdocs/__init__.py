"""What the documentation takes from the code, so that it cannot say anything else.

Each module makes Markdown (or a drawing) from the error tree, the adapters, the floors or the
README. `docs/site_hooks.py` puts it into the pages while the site is built; the tests read it too.
Nothing here knows a venue by name.
"""
