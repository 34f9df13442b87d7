"""The exhibits that pages share, each under the name of its subject."""
