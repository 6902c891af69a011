"""English letters in any hand are read; letters in another language are refused by its name."""

from __future__ import annotations

import pytest

from screening.language import foreign_language

ENGLISH = [
    "38F SLE. LVEF 48%. HBsAg neg. Pred 40 mg od, HCQ 200 mg bd, MMF 1 g bd IM SC IV PO. DES, ET, LE cells.",
    "MTX 15 mg IM weekly. Vit K IM. Depo-medrone IM. Benzathine penicillin IM. Vaccine IM. Vaccine IM. IM. IM.",
    "Thank you for seeing this woman, who was seen at the Hôpital de la Croix-Rousse, rue des Fleurs, Lyon.",
    "Dr. med. der Klinik für Rheumatologie und Immunologie, Universität: The patient was seen and is stable.",
    "浙江大学医学院附属第一医院 Rheumatology clinic. The patient is a 31 year old woman with lupus and was well.",
    "Na 140 K 4.2 Cl 101 Urea 5.1 Creat 66 AST 20 ALT 18 Hb 112 WCC 4.5 Plt 210",
    "π and α and β: anti-β2-glycoprotein, TNF-α, IFN-γ; the patient has κ and λ chains",
    "Non-compliant. No fever. On examination: alert. Sat on air 98. Era 2019 EULAR. Se Na+ normal, se K+ normal.",
]
FOREIGN = [
    ("German", "Wir berichten über die Patientin, die bei uns wegen eines Lupus behandelt wurde und nicht fiebert."),
    (
        "French",
        "Nous avons vu cette patiente pour un lupus, sous prednisone depuis mars, sans fièvre et avec une fatigue.",
    ),
    ("Spanish", "La paciente fue vista en la consulta con lupus desde hace años, sin fiebre, y que tiene tratamiento."),
    ("Italian", "La paziente è stata vista per il lupus, non ha febbre, con terapia di prednisone dal mese di marzo."),
    ("Portuguese", "A doente foi vista em consulta por lupus, sem febre, com prednisona desde há anos, não tem dor."),
    (
        "Dutch",
        "De patiënte werd gezien bij ons met een lupus, zij heeft geen koorts en gebruikt het middel sinds maart.",
    ),
    (
        "Polish",
        "Pacjentka jest leczona przez nas oraz nie ma gorączki, leczenie bez zmian od roku, które się utrzymuje.",
    ),
    ("Turkish", "Hasta lupus için tedavi ile takip edilen bir kadın ve ateş yok, bu tedavi sonra olarak verildi."),
    (
        "Swedish",
        "Patienten har lupus och är inte febril, hon har behandling med prednison sedan mars, utan att må bra.",
    ),
    ("Chinese or Japanese", "患者女性，三十一岁，诊断为系统性红斑狼疮 SLE 五年，目前口服泼尼松治疗。"),
    ("Japanese", "このひとはとてもつかれています。くすりをのんでいます。"),
    ("Korean", "환자는 삼십일 세 여성으로 루푸스로 치료를 받고 있습니다."),
    (
        "a language in Cyrillic script",
        "Пациентка страдает системной красной волчанкой в течение пяти лет, получает преднизолон.",
    ),
    ("a language in Arabic script", "المريضة تعاني من الذئبة الحمراء منذ خمس سنوات وتتناول البريدنيزولون"),
    ("Greek", "Η ασθενής πάσχει από συστηματικό ερυθηματώδη λύκο εδώ και πέντε χρόνια"),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_in_any_hand(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(("name", "text"), FOREIGN, ids=[row[0] for row in FOREIGN])
def test_another_language(name: str, text: str) -> None:
    assert foreign_language(text) == name


def test_every_letter_of_the_corpus_is_english() -> None:
    from corpus.gold import LETTERS

    letters = sorted(LETTERS.rglob("*.txt"))
    assert letters
    assert [path.name for path in letters if foreign_language(path.read_text(encoding="utf-8"))] == []
