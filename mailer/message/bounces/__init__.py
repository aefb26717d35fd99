"""Bounces: what became of mail that we sent, as the systems on its way tell it.

Two kinds of telling. A report has fields (RFC 3464, RFC 6533): `reports` reads its records, `values_in` one value each,
`returned` the original that came back; `ses` is one provider's own form. A notice has only words (BNC-9): `words` are the
tables, `notices` asks whether it is one, `named` which addresses it means, `told` what it says of them, `second_opinion`
asks a library where our own ranks are weak. What is found in words is a hint: only our own tag, or a report's fields,
say it for certain. `reasons` is our one table of why, and of what counts against a person (BNC-4 to BNC-6).
"""
