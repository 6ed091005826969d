"""Our own launcher for PostgreSQL (数据库启动器): from no server to two working URLs.

`ensure` answers with an endpoint. A server named by `ZHIPING_DATABASE_URL` is used as it is;
otherwise one is started for this checkout alone, from the binaries of the locked environment or of
the system: unix socket only, in a folder that no other user may enter, passwords besides.
"""

from zhiping.gateways.postgres.launcher import Endpoint, ensure, ensure_database, stop

__all__ = ["Endpoint", "ensure", "ensure_database", "stop"]
