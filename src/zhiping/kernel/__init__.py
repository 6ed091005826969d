"""The few value types everything else is written in: periods, places, clocks, actors, moves.

Plain Python, no framework. Nothing here knows an app, a table or a notice.
"""
