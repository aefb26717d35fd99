"""Lines that a phone or a mail program wrote, and sentences about phones, which stay."""

from __future__ import annotations

import pytest

from mailer.message.reply import sent_from


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my TI-85",
        "Obtenir Outlook pour iOS<https://aka.ms/o0ukef>",
        "Outlook voor iOS downloaden<https://aka.ms/o0ukef>",
        "iOS 用 Outlook を入手<https://aka.ms/o0ukef>",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
        "Sent from my Wiko RIDGE 4G",
        "Sent from my Samsung Galaxy. Please excuse typos.",
        "Sent from my phone - sorry for any mistakes",
        "<<sent by galaxy>>",
        "From my iPhone 14",
        "Get [Outlook for Android](https://outlook.example/x)",
        "Obter o Outlook para iOS",
        "Verzonden vanuit Outlook voor iOS",
        "Надіслано з iPhone",
        "Odesláno z iPhonu",
        "Az iPhone-omról küldve",
        "Στάλθηκε από το iPhone μου",
        "从我的 iPhone 发送",
        "发自我的手机",
        "\u202bأُرسلت من الـ iPhone\u202c",
        "Please excuse brevity, sent from my phone",
        "Sent from Mailspring, the extensible, open source mail client.",
        "Sent with Proton Mail secure email.",
        "Sent via [Superhuman](https://mail.example/x)",
    ],
)
def test_device_notes(line: str) -> None:
    assert sent_from(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone, I will bring it on Friday",
        "Sent from my Friday class",
        "Sent from Jane with love",
        "I sent it from my phone but it was refused",
        "Get well soon",
        "Sent from my desk, is much easier than my phone.",
        "Sent via Canary Wharf? No, by post",
        "Sent from the office computer, the form is attached",
        "From my phone I cannot open the attachment",
        "Written by the pupils on their tablets",
        "Sent it with the Samsung tablet yesterday",
        "Sent via the office with the laptop and its charger",
        "von meinem Handy aus kann ich das nicht lesen",
        "从我的手机上看不到附件，请再发一次",
    ],
)
def test_sentences_about_devices_stay(line: str) -> None:
    assert not sent_from(line)
