"""The storm: mailings while processes, database, broker and relay are killed -9 at random moments (V1, V5, V6, OUT-3).

    python -m tests.storm [--kills 200] [--people 2000] [--form both|embedded|hosted] [--seed N]

One mailing after another goes to 2,000 people through a relay that writes every copy down before it answers. At random
moments something is killed as a power cut would kill it, and started again. At the end of each mailing the copies that
arrived are held against what the outbox says: nobody lost, nobody doubled, no more uncertain than design ruling 5 allows,
and accepted + failed + cancelled + uncertain = audience.

`recorder` is the relay, `parts` what can be killed, `forms` the two forms, `mailing` one mailing and its verdict.
"""
