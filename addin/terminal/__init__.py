"""The commands of `scorebook`, a file a subject: what each takes, and how what came of it is printed or becomes JSON.

`cli` puts them together and turns whatever happens into an exit code. The work is done by the rooms below, which a command imports
only when it runs: starting takes most of the time of the short ones. Nothing is worked out here.
"""
