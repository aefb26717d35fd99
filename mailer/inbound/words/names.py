"""First names, to tell "bringing Karen" from "bringing cakes" and "Karen can't come" from "can't come".

A capital letter alone says little at the start of a line or in the mail of someone who writes without capitals, so
common British and Welsh first names are known here; elsewhere a capital inside a sentence counts.
"""

from __future__ import annotations

import re


def listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIRST_NAMES = listed(
    """
    aaron abbie abdul abigail adam adrian aidan aisha alan alastair albert alex alexander alexandra alfie ali alice alicia alison alistair
    alun alwyn amanda amber amelia amina amy andrea andrew andy aneurin angela angharad ann anna anne annette annie anthony anwen arjun arthur
    arwel ashley awel barbara barry becky bella ben benjamin bernadette bernard bet beth bethan betsan betty beverley bev bhavna bill billy bob
    bradley branwen brenda brian bronwen bryn caitlin callum cameron cara carl carol caroline carolyn carys caryl catherine cathy catrin ceri
    charles charlie charlotte chloe chris christian christina christine christopher claire clare clive colin connor craig cynthia dafydd daisy
    dai dale dan daniel danny darren dave david dawn dean debbie deborah deepa delyth denise dennis derek deryn dewi diana diane dilys dominic
    donna dorothy doug duncan dylan eddie edith edward efa eifion eileen eira eirian elaine eleanor elen elena eleri eleanor elin elinor
    elisabeth elizabeth ella ellen ellie elliot elwyn emily emlyn emma emrys emyr eric erin esther ethan eva eve evan evelyn fatima ffion fflur
    fiona florence frances francesca frank fraser freda freya gail gareth gary gavin gemma geoff george georgia georgina geraint gerald
    geraldine gerry gethin gill gillian gina glen glenys gordon grace graham graeme greg gruff gruffydd guto gwen gwenda gwenllian gwilym gwyn
    gwyneth haf hannah harriet harry hassan hayley hazel heather hedd hefin heledd helen henry hilary holly howard huw hywel iain ian ibrahim
    idris iestyn ieuan ifan imogen imran ioan iolo irene isaac isabel isabella isobel iwan jack jackie jacqueline jacob jade jake james jamie
    jan jane janet janice jasmine jason jay jean jeff jen jennifer jenny jeremy jess jessica jill jim jo joan joanna joanne jodie joe joel
    john johnny jon jonathan jordan joseph josh joshua joy joyce jude judith judy julia julian julie karen karl kate katherine kathleen
    kathryn kathy katie katy kay keith kelly ken kenneth kerry kevin khalid kieran kim kirsty kristina kyle laura lauren lawrence leah leanne
    lee leila len leo leon lesley leslie lewis liam libby lily linda lindsay lisa liz lizzie llinos llyr lorna lorraine louis louise lowri luca lucas
    lucy luke lydia lynda lynn lynne maggie mair maisie malcolm mandy manon mared margaret maria marian marie marilyn mario marion marjorie
    martha martin martyn mary matt matthew maureen max megan meinir meirion mel melanie melissa menna mererid mia michael michelle miguel mike
    millie miriam mo mohamed mohammad mohammed moira molly mona morag morgan muhammad myfanwy nadia nancy naomi natalie natasha neil nerys nesta
    nia niamh nick nicholas nicky nicola nicole nigel nikki nina noah noel non norma norman olive oliver olivia olwen omar oscar osian owain
    owen pam pamela pat patricia patrick paul paula pauline peggy penny pete peter phil philip philippa phillip phoebe phyllis polly poppy
    priya rachael rachel raj ralph raymond rebecca reece rhian rhiannon rhodri rhona rhys richard rick rita rob robert roberta robin rodney
    roger roisin ron ronald rory rosalind rosamund rosemary rosie ross rowan roy ruby rupert russell ruth ryan sadie safia sally sam samantha
    samuel sandra sanjay sara sarah sean seren shannon sharon sheila shirley sian simon sioned sion siwan sofia sonia sophia sophie stacey
    stan stella stephanie stephen steve steven stewart stuart sue suki susan susanna susie suzanne sylvia tamsin tania tanya tara ted teresa
    terry tess theo theresa thomas tim timothy tina toby tom tomos tony tracey tracy trevor tricia trish tudor tyler ursula val valerie vanessa
    stu stew baz gaz ade kath cath jules jez shaz nige ange mags maz tash cerys gwenan lleucu aled rhydian elis siobhan aoife ciara niall declan orla sinead
    priyanka sunita anil ravi deepak neha pooja suresh rajesh anita meera kiran hasan hussain zainab farah farid layla nasreen rukhsana tariq bilal hamza ayesha
    ines tomasz agnieszka piotr kasia magda olga ivan pavel marek ewa dorota krzysztof ingrid lars sven hans pierre chloé wei mei ling hiroshi yuki chidi ngozi
    kwame ama abena femi tunde folake olu thandi sipho kofi winston delroy leroy marcia beverly tyrone andre carlos jose juan maria luis pablo ana sergio
    vera vernon veronica vicki vicky victor victoria vijay vince vincent viv vivien walter wayne wendy wyn yasmin yusuf yvonne zac zara zoe
    """
)
# Names that are also words people use in replies: only a capital inside a sentence makes them names.
ALSO_WORDS = listed("may will mark grace joy dawn april june rose hope faith art rich jan mo val non bet haf dale lee dean pat sue dai eve")
NOT_NAMES = listed(
    """
    i we you he she they it yes no maybe thanks thank cheers hi hello dear sorry apologies unfortunately monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december english welsh lego arduino
    pat tv it ict nqt ect a the my our some cakes cake biscuits food lunch laptop biology chemistry physics science art dt ok okay both
    all everyone nobody someone what when where how please just this that there not will can could would if so and but or as at for from in
    on to with also still great good lovely looking see unable happy send stop only keep help ie na diolch byddaf dydd llun mawrth mercher iau
    gwener sadwrn sul school college university wales england zoom teams easter christmas ofsted pm am mine best kind many vegan vegetarian
    halal kosher gluten coeliac me us them him her parking count put afraid teaching done hold myself another tea coffee wine beer bread
    mother father mum dad mam raspberry microbit hell oh well looks just thats its there sounds absolutely definitely probably possibly perhaps perfect fine nope yep yeah inshallah insha allah mon tue tues wed weds thu thur thurs fri sat
    """
)
_NAME = r"(?!(?:I|We|You|He|She|It|They|Can|Won|Don|Isn|Won|That|There|What|Let|Couldn|Wouldn)['’])[A-Z](?:['’][A-Z])?[a-zéèêëáàâäíìîïóòôöúùûüŵŷ]+(?:-[A-Z][a-z]+)?"
FULL_NAME = re.compile(rf"\b({_NAME}(?: {_NAME}){{0,2}})")


def is_name(word: str) -> bool:
    """A known first name, in any case; a word that is also a name needs its capital."""
    bare = word.strip(".,;:!?'\"()").removesuffix("'s").removesuffix("’s")
    low = bare.lower()
    return low in FIRST_NAMES and (low not in ALSO_WORDS or bare[:1].isupper())


def names_in(raw: str) -> tuple[str, ...]:
    """Names in a piece of text that is about people: capitals inside it, or known first names in small letters."""
    found = []
    for match in FULL_NAME.finditer(raw):
        parts = [p for p in match[1].split() if p.lower() not in NOT_NAMES or is_name(p)]
        if parts:
            found.append(" ".join(parts))
    if not found:
        found = [word.strip(".,;:!?()").capitalize() for word in raw.split() if is_name(word)]
    return tuple(dict.fromkeys(found))
