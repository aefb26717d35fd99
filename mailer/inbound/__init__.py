"""The way in: from raw bytes to exactly one outcome (V2).

receive       raw bytes and envelope, committed before 250 (V1)
turns         the next stored message, leased to one worker
pipeline      takes it and walks it through the rest
sender        who wrote it, how well that is known (design ruling 1), and which letter of ours it answers
routes        the ordered table: what kind of mail, at which door -> which handler
handlers/     one file each: translates the message to acts, gives back one Receipt
answering     whether a receipt may be mailed at all (V3, LOOP-1)

stored   committed, not yet looked at        done     acted on
handling a worker holds it by lease          asked    a question went back
held     waits for a named person            refused  with a sentence
noted    machine mail, nothing to do         failed   its handler raised three times
"""
