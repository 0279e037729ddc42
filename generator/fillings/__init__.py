"""Values put into a plan: from a value file, from worked cases, or at random. Beside the pipeline, not in it.

Uses the plan. How values get into cells of a workbook is for ``addin`` to do.
"""
