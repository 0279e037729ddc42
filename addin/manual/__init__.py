"""The manual for officials: one text in docs/manual, read as a page for the button 帮助 and as a Word document to hand out.

What the buttons are called and what a check can say comes from the ribbon and the catalogue of findings, so that it cannot
fall behind them. Nothing here opens a workbook.
"""
