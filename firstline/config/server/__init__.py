"""The outer shell: connections, limits and threads around Django's pages. See docs/why/server.md."""
