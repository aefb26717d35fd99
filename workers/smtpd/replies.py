"""Every reply of the doors. Codes after RFC 5321 4.2.3, enhanced codes after RFC 3463 and RFC 2034.

No reply names a table, a file, an exception or another recipient: what the stranger is told is kept apart from our
cause, which stands in the log.
"""

from __future__ import annotations

GOODBYE = "221 2.0.0 Goodbye"
OK = "250 2.0.0 Ok"
SENDER_OK = "250 2.1.0 Sender ok"
STORED = "250 2.0.0 Stored"
HELP = "214 2.0.0 See RFC 5321; mail for people goes to the address of their network"
CANNOT_VERIFY = "252 2.1.5 Send the message and see"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"

# the connection ends
STOPPING = "421 4.3.2 Termpost is stopping, try again in a minute"
TOO_MANY_CONNECTIONS = "421 4.3.2 Too many connections, try again later"
IDLE = "421 4.4.2 Nothing was said for too long"
SESSION_TOO_LONG = "421 4.4.2 This session took too long, start another"
TOO_MANY_ERRORS = "421 4.7.0 Too many bad commands"
NOT_HTTP = "421 4.7.0 This is no web server"
NOT_A_PEER = "554 5.7.1 This door is not open to you"

# try again later
FAULT = "451 4.3.0 The message could not be stored now, try again later"
FULL = "452 4.3.1 No room to store the message, try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients, send the rest in another message"

# the command is wrong
UNKNOWN = "500 5.5.1 Command not known"
BAD_LINE = "500 5.5.2 A command is one line of text that ends with CRLF"
LINE_TOO_LONG = "500 5.5.2 Command line too long"
NEEDS_HOST = "501 5.5.4 Name your host"
NO_ARGUMENT = "501 5.5.4 Nothing may follow this command"
BAD_PARAMETERS = "501 5.5.4 The parameters cannot be read"
BAD_SENDER = "501 5.1.7 Not the form of a sender's address"
BAD_RECIPIENT = "501 5.1.3 Not the form of an address"
NOT_OFFERED = "502 5.5.1 Not offered here"
HELLO_FIRST = "503 5.5.1 Say hello first"
MAIL_FIRST = "503 5.5.1 MAIL comes first"
RCPT_FIRST = "503 5.5.1 No recipient was accepted"
MAIL_TWICE = "503 5.5.1 The sender is named already"
NEEDS_SMTPUTF8 = "553 5.6.7 An address beyond ASCII needs SMTPUTF8"
PARAMETER_UNKNOWN = "555 5.5.4 A parameter is not known here"

# the message is wrong
BARE_NEWLINE = "550 5.6.0 The message has a bare CR or LF"
TOO_BIG = "552 5.3.4 The message is larger than we take"
TEXT_LINE_TOO_LONG = "552 5.6.0 The message has a line of more than 64 KiB"
