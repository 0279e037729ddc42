"""One module a sheet of the book. Each builds plain `Sheet` data from the plan, its layout and an evaluation."""
