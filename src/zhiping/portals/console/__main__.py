"""`python -m zhiping.portals.console`: the same as `zhiping`."""

from zhiping.portals.console.main import main

main()
