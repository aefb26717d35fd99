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
    r"|this (?:e-?mail|message) has been (?:scanned|checked|swept)|virus-free\.|scanned by|no virus found in this|checked by avg|this email was scanned"
    r"|registered (?:in england|charity|office)\b|the university of .{2,40} is (?:a|an) (?:exempt |registered )?charit|.{2,80} is a company limited by guarantee|company registered in"
    r"|mae prifysgol .{2,60} yn (?:elusen|croesawu)|rydym yn croesawu gohebiaeth|we welcome correspondence in welsh|.{0,60}welcomes? correspondence in (?:welsh|both)"
    r")"
)
# what institutions put over a mail from outside
BANNERS = re.compile(
    r"(?i)\W{0,15}(?:"
    r"(?:caution|warning|attention|alert|notice|rhybudd|achtung|vorsicht|be careful)?\W{0,8}(?:this (?:e-?mail|message) (?:was sent|originated|is|comes?|came|has been sent|has originated|originates) from "
    r"(?:outside|an external|external|someone outside|a(?:n)? (?:unknown|unverified))|(?:this is an )?external (?:e-?mail|sender|message|source|mail)\b|daeth yr e-?bost hwn o'r tu allan|anfonwyd yr e-bost hwn)"
    r"|ZjQcmQRYFpfptBanner(?:Start|End)"
    r"|you don'?t often get (?:e-?mail|messages?) from|some people who received this message don'?t often get"
    r"|(?:external|ext|allanol|extern|externe?)\s*[\]:}*!]*\s*$"
    r"|sie erhalten nicht (?:oft|häufig) eine? e-?mail|vous ne recevez pas souvent de courriers?|diese e-?mail (?:kommt|stammt|wurde) von (?:ausserhalb|außerhalb|einem externen)"
    r")"
)
BANNER_MORE = re.compile(
    r"(?i)ZjQcmQRYFpfptBanner|this message (?:is|came) from (?:an external|outside)|report suspicious|(?:do not|don'?t|never|please do not|be cautious|exercise caution|think before|only) .{0,60}(?:click|open|links?|attachments?|reply)|"
    r".{0,80}(?:unless you|recogni[sz]e the sender|know the content|report (?:it|suspicious)|learn why this is important|peidiwch â chlicio)"
)
