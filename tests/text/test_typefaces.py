"""The faces, and the scripts that languages may have: what is promised at the door can be printed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from storytailor.text.languages import SCRIPTS
from storytailor.text.typefaces import describe_unprintable, names_of_faces, unprintable, without_lacking_symbols

ALPHABETS = {
    "Latn": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÄÖÜßÅÆØÇÉÈÊËÎÏÔŒÙÛÑ¿¡ŁĄĘŚŻŹĆŃÕŐŰČŘŠŽŤĎĽĹŔĂÂÎȘȚĞİıŞŴŶ"
    "ĦĠƏƎɓɗƙƴẹọṣŋɔɛơưếệđ«»„“”‚‘’",
    "Grek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "Cyrl": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяґєіїўјљњћђџқңғүұһәөӣӯҳҷ",
    "Armn": "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև՝՞՛։",
    "Geor": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "Arab": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْٰپچژگکیٹڈڑںہھےۓ؟،؛۔٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ټډړښڼېۍەێۆ",
    "Hebr": "אבגדהוזחטיכךלמםנןסעפףצץקרשתְֱֲֳִֵֶַָֹֻּׁׂ־׳״ײ",
    "Deva": "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहक़ख़ग़ज़ड़ढ़फ़ँंःािीुूृेैोौ्।॥०१२३४५६७८९ळॅॉ",
    "Beng": "অআইঈউঊঋএঐওঔকখগঘঙচছজঝঞটঠডঢণতথদধনপফবভমযরলশষসহড়ঢ়য়ৎংঃঁািীুূৃেৈোৌ্০১২৩৪৫৬৭৮৯ৰৱ",
    "Taml": "அஆஇஈஉஊஎஏஐஒஓஔகஙசஞடணதநபமயரலவழளறனஜஷஸஹாிீுூெேைொோௌ்ஃ",
    "Thai": "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮะัาำิีึืฺุูเแโใไๅๆ็่้๊๋์ฯ๐๑๒๓๔๕๖๗๘๙",
    "Ethi": "ሀሁሂሃሄህሆለመሠረሰሸቀቐበቨተቸኀነኘአከኸወዐዘዠየደጀገጠጨጰጸፀፈፐ፡።፣፤፥፦፧፩፪፫",
    "Hans": "一的是不了人我在有他这为之大来以个中上们到说国和地也子时道出而"
    "要于就下得可你年生，。？！：；、“”‘’《》（）—…赢龙龟鹰鹦鹉",
    "Hant": "一的是不了人我在有他這為之大來以個中上們到說國和地也子時道出而"
    "要於就下得可你年生，。？！：；、「」『』《》（）—…贏龍龜鷹鸚鵡ㄅㄆㄇㄈ",
    "Jpan": "あいうえおがぱぁっゃアイウエオガパァッャヴー日本語子供森灯台曲鯨兎狐猫、。「」『』（）！？…〜々ヶ",
    "Kore": "".join(map(chr, range(0xAC00, 0xD7A4))) + "ㄱㅏㅋㅎ",
}  # fmt: skip


def test_there_is_an_alphabet_here_for_every_script_that_a_language_may_have() -> None:
    assert set(ALPHABETS) == set(SCRIPTS)


@pytest.mark.parametrize("code", SCRIPTS)
def test_every_letter_of_a_script_that_is_promised_has_a_face(code: str) -> None:
    assert unprintable(ALPHABETS[code]) == ""


def test_what_no_face_has_is_named_with_its_script() -> None:
    assert unprintable("Zoë and ᏣᎳᏣ, ꦱ!") == "ᏣᎳꦱ"
    assert describe_unprintable("ᏣᎳꦱ").startswith(
        "no typeface has Ꮳ Ꮃ ꦱ (Cherokee, Javanese): write it in Latin, Greek"
    )


def test_symbols_that_no_face_has_are_left_out_with_the_space_before_them() -> None:
    assert without_lacking_symbols("Zoë 🦊 & ★ Co. 🪼") == "Zoë & ★ Co."
    assert unprintable("Zoë 🦊") == ""


def test_the_door_asks_the_faces_without_loading_what_draws_them() -> None:
    asked = (
        "import sys, api.app, storytailor.text.typefaces as t; t.unprintable('ᏣᎳ'); print('reportlab' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_colophon_names_the_faces_of_its_own_script() -> None:
    assert names_of_faces("de") == names_of_faces("uk") == "Andika, Caprasimo"
    assert names_of_faces("hi") == "Noto Sans Devanagari, Andika"
    assert names_of_faces("ur") == "Noto Naskh Arabic, Andika"
    assert names_of_faces("zh-TW") == "Noto Sans TC, Andika"
