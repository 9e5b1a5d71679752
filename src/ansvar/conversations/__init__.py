"""Messages on every channel: mailboxes, inbound mail, threads, outbox."""
