"""Workers move bytes and keep time; what is to be done is decided in mailer/.

broker     Dramatiq's broker: in this process, or Redis, or RabbitMQ; the doorbell that rings it
actors     what a bell starts: handle the inbox, deliver a lane. The same in every form
scheduler  the tick: what is due, what was left lying, what a dead worker held
smtpd      the SMTP and LMTP doors        imap   the polled mailbox
httpd      the web door                   loop   the event loop of a door
daemon     all of it in one process, or one role of the hosted form
"""
