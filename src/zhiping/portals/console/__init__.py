"""The command line (命令行) of the platform: `zhiping`."""
