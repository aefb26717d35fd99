"""What institutions put around their people's words, in their languages, and what a person says of such things, which stays."""

from __future__ import annotations

WORDS = "Yes, Tuesday suits me.\n\nCould we talk about fume cupboards?"
BANNERS: dict[str, str] = {
    "en: sent from outside": "This email was sent to you from outside the organisation. Do not click links unless you recognise the sender.",
    "en: has come from outside": "**** This email has come from outside the council. Please take care when opening attachments or clicking links. ****",
    "en: stranger": "WARNING: External sender - be careful with links and attachments.",
    "cy": "RHYBUDD: Mae'r neges hon wedi dod o'r tu allan i'r sefydliad. Peidiwch â chlicio ar ddolenni.",
    "de": "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte vermeiden Sie es, Anhänge oder externe Links zu öffnen.",
    "fr": "ATTENTION : Cet e-mail provient de l'extérieur de l'organisation. Ne cliquez pas sur les liens.",
    "nl": "Let op: deze e-mail is afkomstig van buiten de organisatie. Klik niet op links en open geen bijlagen.",
    "es": "PRECAUCIÓN: Este correo electrónico proviene de fuera de la organización. No haga clic en los enlaces.",
    "it": "ATTENZIONE: Questa e-mail proviene da un mittente esterno. Non aprire gli allegati.",
    "pl": "UWAGA: Ta wiadomość pochodzi spoza organizacji. Nie klikaj w linki.",
    "sv": "VARNING: Detta e-postmeddelande kommer från en extern avsändare.",
    "ja": "【注意】このメールは社外から送信されています。",
}  # fmt: skip
CASES: dict[str, tuple[str, str]] = {
    **{f"a banner, {name}": (f"{banner}\n\n{WORDS}", WORDS) for name, banner in BANNERS.items()},
    "a person on external mail": ("External mail is blocked here since Monday.\n\nTry my other address.", "External mail is blocked here since Monday.\n\nTry my other address."),
    "a person on a message from outside": ("The message from outside never came.\n\nSend it again.", "The message from outside never came.\n\nSend it again."),
    "a card under a rule": (f"{WORDS}\n\n_____________________\nJane Doe\nScience Technician\nExample School, Exampleton\n", WORDS),
    "names under a rule": ("Attending:\n\n_________\nJane Doe\nBob Roe", "Attending:\n\n_________\nJane Doe\nBob Roe"),
    "a form to fill in": ("Please complete\n_____________________\nJane Doe\nExample School", "Please complete\n_____________________\nJane Doe\nExample School"),
    "an address to order from under a rule": ("Please order from\n\n__________\nLabs Ltd\nUnit 3 School Lane\nTel 01234 567", "Please order from\n\n__________\nLabs Ltd\nUnit 3 School Lane\nTel 01234 567"),
    "an answer under a rule": ("Yes.\n\n__________\nJane Doe\nwill bring it to the school on Tuesday if you ask her", "Yes.\n\n__________\nJane Doe\nwill bring it to the school on Tuesday if you ask her"),
}  # fmt: skip
