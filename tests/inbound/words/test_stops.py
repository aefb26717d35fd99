"""STOP in people's own words, in answer to whatever we sent; and what has the same words and is no STOP (UNS-8)."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.inbound.words import Asked, private_answer, understand

TODAY = date(2027, 1, 20)
ASKED = (Asked.ANY, Asked.INVITATION, Asked.CONFIRM, Asked.RECEIPT, Asked.POST)

STOPS = """
Please stop writing to this address.
Please remove this address.
I never signed up for this. Remove me.
Not interested, please remove
I want out
Why do I get this? Please stop.
STOP STOP STOP
please stop emailing this address
Please stop sending emails to this address
Do not contact this address again
Remove this address from your list
take this address off your list
Leave me off the list
No. Please stop emailing me.
NO STOP
No thanks, just stop all mails
Please stop writing to me.
Stop writing to us please
Please don't write to this address again
Do not email this address
Don't email this address any more please
Please do not send anything more to this address
Do not send any more emails to this address
No more emails to this address please
Please take this address off your mailing list
Remove this email address from your mailing list please
Remove the above address from your list
Delete this address
stop stop
STOP! STOP! STOP!
UNSUBSCRIBE UNSUBSCRIBE
Unsubscribe, unsubscribe, unsubscribe.
Stop it now please
STOP NOW
Just stop
Please just stop emailing me
Just stop, please.
No. Stop.
No, stop emailing me
No thank you, please remove me
No thanks. Unsubscribe.
Not interested. Stop.
Not interested - unsubscribe
No longer interested, please unsubscribe me
I did not sign up for this. Please stop.
I didn't sign up to this, unsubscribe me
I never asked for this. Take me off.
I never subscribed to this. Please remove me from your list.
Who are you? Please stop emailing me.
Why am I getting these? Stop.
Why are you emailing me? Please stop.
How did you get my address? Remove me.
This is spam. Stop.
I don't know you. Please stop writing to me.
Please stop all emails to this address
Please stop sending mail to this mailbox
Stop mailing this account
Please cease emailing me
Cease all contact
Please discontinue these emails
Kindly take our address off your list
Please remove our email address from your list
Please take us off the list
No more of this please
I don't want this any more
Not interested. Stop sending this to me.
Please stop sending these to us
Please stop sending me things
I wish to be removed
I would like to leave the network
I want to come off the mailing list
I want out of this
Leave me off your list
Keep me off your list
Please don't contact me again
Never email me again
Never contact this address again
No more of these emails please
Please stop contacting this address
Please stop using this address
I do not want any emails from you
I no longer wish to receive emails at this address
STOP please, thank you
Can you stop emailing this address?
Would you please stop writing to me?
Could somebody remove this address from the list please
Peidiwch ag anfon ebyst i'r cyfeiriad hwn
Peidiwch ag ysgrifennu ataf
Peidiwch â chysylltu â mi eto
Tynnwch y cyfeiriad hwn oddi ar eich rhestr
Tynnwch fi oddi ar y rhestr os gwelwch yn dda
Dw i ddim eisiau'r ebyst yma
Dim diolch, stopiwch
Na. Stopiwch.
Dim mwy o e-byst i'r cyfeiriad hwn
Stopiwch anfon e-byst ataf
Stopiwch ysgrifennu at y cyfeiriad hwn
Dilëwch y cyfeiriad hwn o'ch rhestr
Dw i eisiau gadael y rhestr
Wnes i erioed gofrestru. Tynnwch fi oddi ar y rhestr.
""".strip().splitlines()

NO_STOPS = """
please stop the meeting running over
remove this item from the agenda
stop by the lab
Stop by the lab on your way
I'll stop by on Thursday
Can we stop at four?
Please stop the clock at three
Remove the lid before heating
Please remove the old balance from the store
We had to stop the practical
The centrifuge won't stop
How do I stop the fume cupboard alarm?
Stop the leak with PTFE tape
Please stop using the old risk assessment
Please stop using the word technician
Don't stop now, the last meeting was great
Please take the address of the venue off the poster
The address on the invitation is wrong
Please write to this address for samples
Please send the balance to this address
Please remove my item from the agenda
Please remove this photo from the newsletter
I want out of the fire door rota
No stopping on the drive, please park in the yard
No, stop at the gate and ring
Leave the keys at reception
Leave it with me
Leave me a copy please
Not interested in the balance, thanks
I'm not interested in chemistry kit but yes to physics
Please remove the staple before copying
Do not use this address for deliveries
Do not contact the supplier again
Please do not email the head about this
Stop press: the venue has changed
Full stop.
The bus stop is outside
One stop shop
Quit smoking group meets Friday
Please stop me if I'm wrong
It would stop us all having to order separately
Let's stop here
Please delete the second attachment
We should cease using mercury
Please discontinue use of the old bottles
I never signed up for this talk, could you move me to the other one?
Why do I get this? The pump stops after a minute
Please remove Karen, she's left
Please stop sending people to the back entrance
Please stop sending the trolley to the wrong room
Can someone stop the gas supply to lab 2
Peidiwch ag anghofio'r cyfarfod
Peidiwch ag anfon y cemegau drwy'r post
Tynnwch y caead cyn ei gynhesu
Stopiwch wrth y dderbynfa
Please take the heater off the list of things to order
Take this off the list, it's done
Remove this address from the risk assessment
Please stop this address being printed on the poster
Stop emailing the suppliers
No more emails from Bob about it I hope
Cancel my order of gloves
I want to be removed from the rota
End of term is fine
Not interested. The pump will not stop.
Why do I get this error? It should stop by itself.
No. Stop the pump first.
I never signed up for this. Karen did, and she has left.
Please stop writing on the whiteboard
Please remove this address label before posting
Our supplier will not take the empty bottles. Don't send them to us, please.
We have spare burners. Jo has the form. Please send it to Jo. Don't send it to me.
Yes, I'll be there. If there is a parcel, please don't send it to me.
Yes, I'll be there. The agenda goes to Jo. Don't send it to me.
Please send the form to Jo. Don't send it to me.
Do not send it to me, send it to Jo instead
No more of this to me thanks, Jo is the one to ask
I'd like the kit but do not send it to me at school. Do not send it to me.
Don't send them to us
Stop sending it to me
ddim eisiau hyn
Dw i ddim eisiau'r rhain
Dw i ddim eisiau hyn, rhowch nhw i Jo
Peidiwch ag anfon y rhain ataf i, anfonwch nhw at Jo
Peidiwch ag anfon rhain
Please stop using this address. My new address is jane@new.sch.uk
Please stop using this address and use jane@new.sch.uk instead
Please delete my email address. The new one is jane@new.sch.uk
Stop using this address, use my new one
Remove this address and use jane@new.sch.uk
I have moved school. Please remove this email address, I have a new address
Please delete this address, my new email is jane@new.sch.uk
Do not email this address. Try jane@new.sch.uk
Don't write to this address any more, use my other one
Dilëwch y cyfeiriad hwn, mae gen i gyfeiriad newydd
The chairs came twice. Please stop sending these to us.
Parcels for the old lab: no more things to us please, the porter has left
We do not want them, they leak
The old stools? We don't want these
We no longer need this. Collect it from the yard.
We have one balance we do not want
I don't want everything in one box. Please split it.
The samples smell. Do not send any more of this stuff to us.
Don't send me these, I have a set already
If it is the blue kit then don't send it to me
Jo does the orders now. Never send this to me
Our technician has the keys. Do not send them to me.
You can keep the poster, I don't need it
The spare burettes are broken, we don't want those
I would rather not have the agar here. Don't send it to us at all.
Please do not send things to us by courier. They get lost.
Our office closes at three. Don't send everything to us on a Friday.
We have no fume cupboard, so please don't send this to us
Stop sending us things we did not order
""".strip().splitlines()


def _stops(text: str, asked: Asked) -> bool:
    """Whether it ends all mail of the network, at once."""
    first = private_answer(text, today=TODAY) if asked is Asked.POST else understand(text, asked, today=TODAY).first
    return first is not None and first.act == "stop" and first.sure and first.args["purposes"] == "all"


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.value)
def test_uns8_a_stop_in_their_own_words_stops(asked: Asked) -> None:
    assert [text for text in STOPS if not _stops(text, asked)] == []


MOVES = {
    "Please stop using this address. My new address is jane@new.sch.uk": ("jane@new.sch.uk", True),
    "Please stop using this address and use jane@new.sch.uk instead": ("jane@new.sch.uk", False),
    "Please delete my email address. The new one is jane@new.sch.uk": ("jane@new.sch.uk", False),
    "Stop using this address, use my new one": ("", False),
}  # fmt: skip


@pytest.mark.parametrize("text", MOVES)
def test_who_ends_one_address_and_names_another_moves(text: str) -> None:
    """The words that say it are done as ever; where they are not plain the question is of CHANGE ADDRESS, not of STOP."""
    first = understand(text, Asked.ANY, today=TODAY).first
    assert first is not None
    assert (first.act, first.args["to"], first.sure) == ("change-address", *MOVES[text])


@pytest.mark.parametrize("text", ["Yes, I'll be there. If there is a parcel, please don't send it to me.", "Yes, I'll be there. The agenda goes to Jo. Don't send it to me."])
def test_an_answer_beside_what_is_not_to_be_sent_stays_an_answer(text: str) -> None:
    first = understand(text, Asked.INVITATION, today=TODAY).first
    assert first is not None
    assert (first.act, first.args["answer"], first.sure) == ("answer", "yes", True)


@pytest.mark.parametrize("asked", [Asked.POST, Asked.THREAD], ids=lambda asked: asked.value)
def test_to_the_list_a_stop_is_sure_only_by_itself(asked: Asked) -> None:
    """V14: of a parcel members say the same to each other; it is asked back and not passed on."""
    alone, beside = (private_answer(text, today=TODAY, thread=asked is Asked.THREAD) for text in ("Please stop writing to us.", "The van came early. Please stop writing to us."))
    assert alone is not None
    assert beside is not None
    assert (alone.act, alone.sure, beside.act, beside.sure) == ("stop", True, "stop", False)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.value)
def test_what_only_has_its_words_does_not(asked: Asked) -> None:
    assert [text for text in NO_STOPS if _stops(text, asked)] == []


# All that a text says, and neither a STOP nor a post: asked back.
IN_A_WORD = ("quit", "Spam", "end", "End.", "No longer interested", "I'm no longer interested", "Not interested any more", "I am not interested any longer, thanks", "No longer interested in this\n\nJane Doe")
ONLY_TO_THE_LIST = ("Enough", "Cancel", "Please cancel", "Cancel please")  # to an invitation an answer
NO_WORD = ("Spam?", "End of term is fine", "The end", "Spam fritters for lunch", "Enough balances here, thanks", "Cancel my order of gloves", "Not interested in the balance, thanks", "No longer interested in the balance, who wants it?", "I'm not interested", "Quit smoking group meets Friday", "Stop until the bell, then start the pump", "Stop until four")


@pytest.mark.parametrize("asked", [Asked.ANY, Asked.INVITATION, Asked.POST, Asked.THREAD], ids=lambda asked: asked.value)
def test_uns8_a_word_that_may_be_a_stop_is_asked_about(asked: Asked) -> None:
    listed = asked in (Asked.POST, Asked.THREAD)
    rows = {text: [(i.act, i.sure) for i in understand(text, asked, today=TODAY).intents] for text in (*IN_A_WORD, *(ONLY_TO_THE_LIST if listed else ()))}
    assert {text: row for text, row in rows.items() if row != [("stop", False)]} == {}
    assert [text for text in NO_WORD if any(i.act == "stop" or (i.act == "pause" and i.sure) for i in understand(text, asked, today=TODAY).intents)] == []
