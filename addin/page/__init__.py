"""The page 考核簿.html: what the command does, for somebody who has nothing but a browser.

`face` is the Python that answers the page, over the same actions as the command; the rest is what a browser reads. It is put
together by ``addin/packaging/page.py``. Nothing here runs outside the page but `face`, which tests call too.
"""
