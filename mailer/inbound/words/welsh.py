"""Welsh answers by the form of the verb, in plain spelling: no accents, no apostrophes ("dw i'n" is `dw in`).

Welsh answers repeat the verb of the question (Fyddwch chi yno? Byddaf.), so each verb in its answering forms is a
yes, and the same verb after na, ni, nac or before ddim is a no. Mutated and spoken forms stand beside the written.
"""

from __future__ import annotations

from mailer.inbound.words.signs import Row, Sign, rows

YN = r"(?:yn|n|in|an)"
AM = r"(?:dwi|dw|rwy|rwyf|rydw|dwin|dw in|dwi yn|rwyn|rydw in|rydyn ni|rydym|dyn ni|dan ni|rydyn|dwi n|ydw|wi|win|fi|ni|mi)"
WILL = r"(?:byddaf|bydda|byddai|byddwn|fyddaf|fydda|fyddai|fyddwn|fydd|bydd|byddan|fyddan)"
CAN = r"(?:gallaf|galla|gallai|gallwn|allaf|alla|allai|allwn|medraf|medra|medrai|medrwn|fedraf|fedra|fedrai|fedrwn)"
COME = r"(?:dof|ddof|dod|ddod|mynychu|fynychu|ymuno|bresennol|yno|cyrraedd|mynd)"

TABLE: tuple[Row, ...] = rows(
    ("dim problem", Sign.POLITE, r"^(?:dim|does dim|heb) (?:problem|problemau|bother|trafferth)\b"),
    ("cyfarchiad", Sign.POLITE, r"^(?:annwyl|helo|shwmae|sut mae|smae|su mae|bore da|prynhawn da|pnawn da|noswaith dda|haia|s mae)(?: \w+){0,2}$"),
    ("diolch", Sign.POLITE, r"^(?:llawer o |llawer )?diolch(?: (?:yn fawr(?: iawn)?|o galon|i ti|i chi|eto|am .*|\w+))*$|^(?:gobeithio (?:bod|fod|y bydd|eich bod|dy fod|bydd|eich|dy)|pob (?:lwc|hwyl)|hwyl|cofion|edrychaf ymlaen at glywed|mwynhewch)\b"),
    ("sori am yr oedi", Sign.POLITE, r"^(?:sori|ymddiheuriadau|maen? ddrwg gen? i|ymddiheuraf) (?:am (?:yr oedi|ateb|fod|y|beidio|yr)|fy mod)"),
    ("tro nesaf", Sign.LATER, r"\b(?:tro nesaf|y nesaf|tymor nesaf|flwyddyn nesaf|tro diwethaf)\b"),
    ("ddim yn siwr", Sign.MAYBE, r"^(?:dim syniad|(?:ni|na) (?:allaf|fedraf|allwn) (?:gadarnhau|ddweud|addo))\b|\b(?:ddim (?:yn )?(?:hollol |gwbl )?(?:siwr|sicr)|ansicr|efallai|gobeithio|o bosib\w*|dibynnu|ddibynnu|ceisio|trio|geisio|drio|ddim yn gwybod|heb (?:benderfynu|gadarnhau)|^ella$|^ella\b|ella\b(?= (?:dof|bydd|galla|y|ddo))|gadael i (?:chi|ti) wybod|rhoi gwybod|siwr o fod$|mae.n debyg|cadarnhau yn nes|fingerscrossed)\b"),
    ("os", Sign.CONDITION, r"^(?:os (?:caf|ca|ga|galla|gallaf|cawn|bydd|medra|medraf|na|dwi|oes)|oni bai)\b"),
    ("ddim yn gallu aros", Sign.PARTLY, rf"\b(?:ddim|methu)\b.*\b(?:aros|tan|cyn|nes|tan ar ol)\b|^(?:ond )?(?:{WILL}|{AM})?(?: i| ni)?(?: {YN})? ?(?:yn hwyr|hwyr|gadael|rhaid gadael)\b|^yn hwyr|^hwyr\b|\bam y (?:bore|prynhawn)\b|^tan \d|^rhaid i (?:mi|fi) (?:adael|fynd)"),
    ("methu dod", Sign.NO, rf"\b(?:methu|methur|ffaelu|fethu)(?: a)?(?: {COME}|$| bod| y tro| tro| gwneud| neud| ar)|^(?:{AM} )?(?:i |ni )?(?:{YN} )?(?:methu|ffaelu)\b"),
    ("na fyddaf", Sign.NO, rf"\b(?:na|ni|nid|nad) (?:fyddaf|fydda|fyddai|fyddwn|allaf|alla|allai|allwn|fedraf|fedra|fedrai|ddof|ddo i|fedrwn|fydd)\b|^(?:{WILL}|{CAN})(?: i| ni)? ddim\b|^(?:ddo|ddof)(?: i)? ddim|\bdd?im (?:yn |n )?(?:gallu|medru|dod|mynd|rhydd|ar gael|mynychu|bosib|bosibl)\b|^(?:smo fi|sai|sain|sa in|sa i)(?: n| yn)? ?(?:gallu|dod)\b|^nid wyf\b|^(?:nac ydw|nac ydyn|nac ydym|na allaf|ni allaf|amhosib\w*)\b|^(?:anfon|anfonaf|anfonwn|cyflwynaf|derbyniwch|plis derbyn|rhowch|cofnodwch|dwi n anfon)\b.*\bymddiheur"),
    ("byddaf yno", Sign.YES, rf"^(?:(?:ydw|ie|iawn|siwr) )?(?:mi |fe |wrth gwrs )?{WILL}(?: i| ni| ill dau)?(?: ac? \w+)?(?: {YN})?(?: (?:bendant|sicr|siwr))?(?: (?:yno|yna|na$|n dod|yn dod|dod|bresennol|yn bresennol|n bresennol|mynychu|yn mynychu|ymuno))\b"),
    ("dw i'n dod", Sign.YES, rf"^(?:{AM})(?: i| ni)?(?: ?{YN})? (?:{YN} )?(?:dod|mynychu|am ddod|gallu dod|gallu bod|gallu mynychu|gallu ymuno|hapus i ddod|bwriadu dod|edrych ymlaen at ddod)\b|^(?:mi |fe )?(?:dof|ddof|ddo i|do i)(?: i| yn)?\b|^(?:{CAN})(?: i| ni)? (?:ddod|fod yno|fod|ymuno|fynychu|wneud)\b|^(?:dwi|dw i|rwy|rwyf|rydw i) (?:am|yn bwriadu|n bwriadu) (?:ddod|dod|fynychu|mynychu)|^yn dod\b|^hapus i ddod|^(?:hoffwn|bydden i n hoffi|byddwn i n hoffi) ddod$|^bydd (?:\w+ ){{1,3}}ohonom|^cyfrwch fi|^(?:dwi|dw i|rwy) mewn$|^rhowch fi (?:i lawr|lawr)"),
    ("gwela i chi yno", Sign.YES, r"\b(?:gwelaf|gwela|wela|welai|gwelai|welwn|gweld)(?: i)? (?:chi|di|ti|pawb|eich)(?: i gyd)?(?: yno| yna| bryd hynny| dydd| ddydd| ar| nos| wythnos nesaf)\b"),
    ("edrych ymlaen", Sign.GLAD, r"\b(?:edrych|edrychaf|edrychwn) ymlaen\b"),
    ("hoffwn", Sign.WISH, r"^(?:hoffwn|byddwn i wrth fy modd|baswn i wrth fy modd|bydden i wrth fy modd|licio)\b"),
    ("byddaf", Sign.BARE_YES, r"^(?:(?:ydw|yndw|ydi|ie|ia|iep|byddaf|bydda i|byddai|byddwn|byddwn ni|dof|gallaf|galla i|gallai|gallwn|medraf|medra i|iawn|iawn gyda fi|iawn gen i|wrth gwrs|siwr|yn sicr|yn bendant|bendant|ydyn|ydym|oes|cytuno|perffaith|gwych|fi|mi fydda i|fe fydda i|fydda i|fyddaf|fyddaf i|mi fyddaf|fe fyddaf|mi wna i|gwnaf|mi ddo i)(?: |$))+(?:(?:diolch|plis|os gwelwch yn dda|yn bendant|yn sicr|siwr|wir|i|ni|x|yn fawr|wrth gwrs)(?: |$))*$"),
    ("na", Sign.BARE_NO, r"^(?:na|nage|nac ydw|nac oes|dim diolch|d?dim (?:y )?tro (?:hwn|ma|yma))(?: (?:sori|diolch|yn anffodus|mae.n ddrwg gen i|dim|tro ma|y tro hwn|yn fawr))*$"),
    ("ymddiheuriadau", Sign.APOLOGY, r"^(?:fy |pob )?ymddiheuriadau(?: \w+){0,2}$|^ymddiheuro|^(?:nodwch|rhowch|cofnodwch) fy ymddiheuriadau|^ymddiheuraf$"),
    ("sori", Sign.SORRY, r"^(?:sori|yn anffodus|mae.?n ddrwg (?:gen|gyda) (?:i|fi|ni)|maen ddrwg (?:gen|gyda) (?:i|fi|ni)|gwaetha.r modd|trueni)(?: (?:\w+|ond))?$"),
    ("rheswm", Sign.REASON, r"^(?:mae|ma) (?:gen i|gyda fi|da fi|gynno i|gen|n gwrthdaro)\b|\b(?:dysgu|ddysgu|gwersi|gwers|gwyliau|wyliau|sal|dost|cyfarfod arall|gyfarfod arall|gweithio|weithio|brysur|prysur|angladd|ysbyty|deintydd|doctor|meddyg|apwyntiad|hyfforddiant|gwrs|cwrs|arholiad\w*|noson rieni|clash|gwrthdaro|i ffwrdd|absennol|mamolaeth)\b"),
    ("dod a", Sign.NOTE, r"\b(?:dod a|gyda|efo|llysieu\w*|figan|fegan|alerg\w*|parcio|cinio)\b"),
)
