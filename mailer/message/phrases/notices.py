"""Words of institutions around what a person wrote: legal notices below it, banners about strangers above it."""

from __future__ import annotations

import re

# first words of a legal notice or an institution's footer; from there to the end of the run is no one's word
DISCLAIMERS = re.compile(
    r"(?i)[*\s_>-]*(?:"
    r"(?:this|the (?:information|contents?)(?: contained)? (?:in|of) this) (?:e-?mail|message|communication|electronic mail|transmission)\b.{0,120}\b(?:confidential|privileged|intended (?:only|solely|exclusively|for|recipient)|addressee|solely|recipient|virus|monitored)"
    r"|(?:confidentiality|legal|privacy|disclaimer|important)\s*(?:notice|note|statement|disclaimer)?\s*:.{0,200}\b(?:e-?mail|message|communication|confidential|information)"
    r"|disclaimer\s*:?\s*$|confidentiality (?:notice|statement)\s*:?\s*$|privileged\s*/?\s*(?:and\s+)?confidential"
    r"|if you (?:are not|have received|receive) (?:the intended|this (?:e-?mail|message|communication))"
    r"|(?:please )?(?:consider|think (?:about|of)) the environment before printing|please think before you print|before printing, think|save paper[,.:;!–— -]+(?:think|do not|don'?t|please|only)"
    r"|mae'r (?:e-?bost|neges)\b.{0,120}\b(?:gyfrinachol|cyfrinachol)|(?:mae'r|bydd y) (?:neges|e-bost) (?:hon|hwn)"
    r"|diese (?:e-?mail|nachricht)\b.{0,120}\bvertraulich|ce (?:message|courriel|mail)\b.{0,120}\bconfidentiel|este (?:mensaje|correo|e-?mail)\b.{0,120}\bconfidencial"
    r"|questo messaggio\b.{0,120}\briservat|esta mensagem\b.{0,120}\bconfidencia|(?:dit bericht|deze e-?mail)\b.{0,120}\bvertrouwelijk"
    r"|this (?:e-?mail|message) has been (?:scanned|checked|swept)|virus-free\.|<?https?://www\.(?:avast|avg)\.com/sig-email|\[image: (?:avast|avg) |scanned by|no virus found in this|checked by avg|this email was scanned"
    r"|registered (?:in england|charity|office)\b|the university of .{2,40} is (?:a|an) (?:exempt |registered )?charit|.{2,80} is a company limited by guarantee|company registered in"
    r"|mae prifysgol .{2,60} yn (?:elusen|croesawu)|rydym yn croesawu gohebiaeth|we welcome correspondence in welsh|.{0,60}welcomes? correspondence in (?:welsh|both)"
    r")"
)
# what institutions put over a mail from outside: a word of warning or none, then one of these, by language
_WARNINGS = (
    "caution|warning|attention|alert|notice|important|security (?:notice|warning)|be careful|please note|stop and think|rhybudd|pwysig|achtung|vorsicht|hinweis|warnung|let op|waarschuwing"
    "|avertissement|prudence|atención|precaución|aviso|advertencia|atenção|cuidado|attenzione|avviso|uwaga|ostrzeżenie|varning|obs|advarsel|huomio|внимание|увага|注意|警告"
)
_OUTSIDE_IN = {
    "en": r"this (?:e-?mail|message|mail) (?:(?:has |was |is )?(?:been )?(?:sent|received|delivered|originat(?:ed|es|ing)|comes?|came)|is) (?:to you )?(?:from )?(?:outside|an external|external|someone outside|a person outside|an? (?:unknown|unverified|untrusted))"
          r"|the sender of this (?:e-?mail|message) is (?:from )?(?:outside|external)|you don'?t often get (?:e-?mail|messages?) from|some people who received this message don'?t often get",
    "cy": r"daeth yr? (?:e-?bost|neges) h[wo]n o'r tu allan|anfonwyd yr? (?:e-?bost|neges) h[wo]n (?:o'r|gan)|mae'r (?:e-?bost|neges) h[wo]n (?:wedi dod |yn dod )?o'r tu allan",
    "de": r"diese (?:e-?mail|nachricht) (?:kommt|stammt|wurde|kam)\b.{0,20}(?:von )?(?:ausserhalb|außerhalb|extern|einem (?:unbekannten )?externen)|sie erhalten nicht (?:oft|häufig) eine? e-?mail",
    "fr": r"(?:cet? |le )?(?:e-?mail|courriel|message|courrier) (?:provient|vient|a été envoyé|émane) (?:de l'extérieur|d'une? (?:expéditeur |source |personne )?extern|d'un expéditeur)|vous ne recevez pas souvent de courriers?",
    "nl": r"(?:deze e-?mail|dit bericht) (?:is |komt |werd )?(?:afkomstig |verzonden )?van (?:buiten|een externe)|u ontvangt niet vaak e-?mail",
    "es pt ca": r"est[ea] (?:correo(?: electrónico)?|mensaje|mensagem|e-?mail|missatge) (?:provien?e|procede|se originó|ha sido enviado|foi enviad[oa]|veio|prov[eé]m|tem origem) .{0,20}(?:fuera|externo|externa|fora|exterior)",
    "it": r"quest[oa] (?:e-?mail|messaggio|mail) (?:proviene|arriva|è stat[oa] inviat[oa]) .{0,20}(?:esterno|esterna|fuori)",
    "pl cs": r"(?:ta|niniejsza) wiadomość (?:pochodzi|została wysłana) .{0,20}(?:spoza|zewn)|tento e-?mail (?:pochází|přišel|byl odeslán) .{0,20}(?:mimo|extern)",
    "sv da no fi": r"det(?:ta|te) (?:e-?post(?:meddelandet?|meldingen)?|meddelande|mail) (?:kommer|kom|har skickats|er sendt) (?:från|fra|utanför|utenfor|udefra)|denne (?:e-?mail|e-?posten|mail|besked) (?:kommer|er sendt|kom) (?:fra|udefra|utenfra)"
                   r"|tämä viesti (?:on lähetetty|tulee) .{0,20}ulkopuolel",
    "ru uk": r"(?:это|данное|цей|це) (?:письмо|сообщение|лист|повідомлення) .{0,30}(?:извне|внешн|ззовні|зовнішн)",
    "zh ja ko": r"(?:此|本)?(?:邮件|郵件|電郵)(?:来自|來自|是)?(?:外部|公司外)|このメールは(?:社外|外部|組織外)|외부(?:에서 온)? ?메일",
}  # fmt: skip
# two words only, so they count where nothing else follows, or what to be careful of
_STRANGER = (
    r"(?:this (?:is an|sender is) )?(?:external|outside) (?:e-?mail|sender|message|source|mail)|e-?bost allanol|externe (?:e-?mail|nachricht|absender|afzender)|(?:courriel|message|e-?mail|expéditeur) externe"
    r"|(?:correo|remitente|remetente|e-?mail) externo|(?:e-?mail|mittente|messaggio) estern[oa]|wiadomość zewnętrzna|extern(?:t)? (?:e-?post|mail|avsändare)|внешн(?:ий отправитель|ее письмо)"
)
BANNERS = re.compile(
    rf"(?i)\W{{0,15}}(?:(?:(?:{_WARNINGS})\b)?\W{{0,8}}(?:{'|'.join(_OUTSIDE_IN.values())}"
    rf"|(?:{_STRANGER})\b(?=\W*$|\s?[\])}}*:!.–—-]|.{{0,200}}(?:click|open|links?\b|attach|cauti|careful|recogni|trust|öffne|klick|cliqu|klik|anhang|clic)))"
    r"|ZjQcmQRYFpfptBanner(?:Start|End)"
    r"|(?:external|ext|allanol|extern|externe?)\s*[\]:}*!]*\s*$)"
)
BANNER_MORE = re.compile(
    r"(?i)ZjQcmQRYFpfptBanner|this message (?:is|came) from (?:an external|outside)|report suspicious|(?:do not|don'?t|never|please do not|be cautious|exercise caution|think before|only) .{0,60}(?:click|open|links?|attachments?|reply)|"
    r".{0,80}(?:unless you|recogni[sz]e the sender|know the content|report (?:it|suspicious)|learn why this is important|peidiwch â chlicio)"
)
