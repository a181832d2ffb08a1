"""Names, mail addresses and phones of invented people, in many scripts.

Deterministic: the same seed gives the same people. Family names are put together
from parts, so that some are common and many are rare, as in real life: a search for
a rare one is what the front desk does all day.
"""

import random
import unicodedata

# Per script: share of the people, countries, given names, starts and ends of family
# names, whether the family name comes first.
SCRIPTS = {
    "english": (
        24,
        ("GB", "US", "AU"),
        "Aaron Alice Amelia Ben Callum Charlotte Daniel Eleanor Freya George Hannah "
        "Harriet Isaac Jack Jessica Liam Lucy Martha Nathan Olivia Poppy Rhys Rosie "
        "Samuel Sophie Thomas Victoria William Zoe Imogen",
        "Ash Black Brad Brook Car Chad Craw Dun Elling Fair Glen Har Hather Ken Lang "
        "Marl Nor Oak Pem Quill Rad Shel Stan Thorn Under Wal Wex Whit Win Yar",
        "berry borough bridge brook by combe cott croft dale den er field ford gate "
        "ham head hurst ington land leigh low man mere more ridge shaw stead stone "
        "thorpe ton well wick wood worth",
        False,
    ),
    "german": (
        12,
        ("DE", "AT", "CH"),
        "Anja Björn Christoph Dörte Emil Franziska Günther Hannelore Ingo Jürgen "
        "Käthe Lukas Margarete Nils Ottilie Paul Rüdiger Sabine Till Ulrike Volker",
        "Alt Berg Brand Dietz Eich Frei Grün Hagen Hirsch Kauf Kirch Kreuz Lind Löwen "
        "Mühl Neu Ober Rosen Schön Stein Süß Tann Weiß Ziegel",
        "acker auer bach baum beck berger brunner dorfer egger feld haus hofer kamp "
        "lein mann meier müller reuter schmidt stein thal vogel wald",
        False,
    ),
    "french": (
        9,
        ("FR", "BE"),
        "Amélie Benoît Céline Désiré Élodie François Geneviève Hélène Inès Jérôme "
        "Léa Maëlle Noël Océane Pénélope Rémi Solène Théo Valérie Zoé",
        "Beau Bel Bois Char Clair Cour Fon Grand Haut Lam Mar Mont Pré Roche Rous "
        "Saint Tré Val Vau Vil",
        "bert bault champ chamond court dier fort gneau lier main mond neuf nières "
        "pierre ron sard seau tier ville vin",
        False,
    ),
    "spanish": (
        9,
        ("ES", "MX"),
        "Álvaro Begoña Concepción Diego Elena Fermín Guadalupe Hernán Iñaki Joaquín "
        "Lucía Marisol Nicolás Óscar Pilar Ramón Sofía Tomás Verónica Yolanda",
        "Agui Bal Caba Domín Esca Fer Gal Hernán Ibar Jimé Lo Mar Muñ Ordó Pala Quin "
        "Ramí Sala Tor Val Yá Zam",
        "cios dero dez do gas guez lante lera lero llada llo mora nares ndez nez "
        "quera ra rano res rra rrez tana ventos zarra",
        False,
    ),
    "nordic": (
        6,
        ("SE", "NO"),
        "Åsa Björk Einar Freja Göran Håkan Ingrid Jørgen Kåre Linnéa Måns Øystein "
        "Ragnhild Søren Tove Ylva",
        "Ak Berg Björk Dahl Ek Fjell Gran Hag Holm Kvist Lind Lund Myr Nord Ros "
        "Sjö Strand Sund Vik Öst",
        "berg dahl fors gren gård hammar heim holt kvist lund mark nes qvist rud "
        "stad ström vall vik",
        False,
    ),
    "polish": (
        5,
        ("PL",),
        "Agnieszka Bogusław Danuta Elżbieta Grażyna Jarosław Katarzyna Łukasz "
        "Małgorzata Paweł Stanisław Świętosława Wojciech Zbigniew Żaneta",
        "Bień Brzez Czar Dąbr Gór Jabł Kowal Kras Król Leś Maj Nowa Ostr Piotr Rut "
        "Sień Tom Wiś Zie Żół",
        "aczek alski ański ecki eński icki iewicz iński kiewicz kowska niak nowska "
        "owicz owska ski szewska ulska yk yński",
        False,
    ),
    "russian": (
        10,
        ("RU",),
        "Анна Борис Валентина Григорий Дарья Евгений Жанна Зинаида Игорь Ксения "
        "Леонид Мария Никита Ольга Пётр Раиса Семён Татьяна Фёдор Юлия",
        "Абрам Белоус Вороб Голуб Добр Ершов Жаров Зыр Ильин Калаш Лебед Мясник "
        "Новосёл Орлов Пономар Рыбак Сороч Тихон Ушак Черныш",
        "ёв енко ин кин ников ов овский ский цев чук янин ёнков евич",
        False,
    ),
    "greek": (
        4,
        ("GR",),
        "Αθανάσιος Βασιλική Γεώργιος Δήμητρα Ελένη Ζωή Ηλίας Θεοδώρα Ιωάννης "
        "Κυριακή Λεωνίδας Μαρία Νικόλαος Παναγιώτης Σπυριδούλα",
        "Αγγελ Βλαχ Γιαννακ Δημητρ Ευθυμ Καραγ Κωνσταντιν Μακρ Νικολ Παπαδ Σταμ "
        "Τσακ Χατζ Ψαρρ",
        "άκης έας ίδης ίου όπουλος άτος ούλης ιάδης ούδης ής",
        False,
    ),
    "arabic": (
        5,
        ("EG", "AE"),
        "أحمد أمينة بلال جميلة حسن خديجة داود ريم سعيد سلمى طارق عائشة عمر فاطمة "
        "كريم ليلى محمد نور هدى يوسف",
        "ال أبو بن عبد",
        "أنصاري بغدادي تميمي جابري حداد خطيب دمشقي رفاعي زهراني سالم شريف صباغ "
        "طيب عطار غزالي فارس قاسم كيلاني مصري نجار هاشمي",
        False,
    ),
    "hebrew": (
        2,
        ("IL",),
        "אברהם דבורה חיים יעל לאה משה נועה עדי רחל שרה תמר",
        "אלמו ביטו גול דרו הרש וייצ זילבר כהנ לוינ מזרח פרידמ רוזנ שטיינ",
        "ב ברג ביץ י מן נסקי פלד שטיין",
        False,
    ),
    "japanese": (
        5,
        ("JP",),
        "あすか 健太 さくら 大輔 陽子 翔 明美 直樹 美咲 拓也 ひろし 千尋 裕子 蓮",
        "佐 山 田 中 小 高 木 松 井 石 吉 渡 前 藤 岡 村 青 桜 西 北",
        "藤 本 中 林 橋 村 下 上 田 川 口 野 原 崎 島 谷 沢 木 内 瀬",
        True,
    ),
    "chinese": (
        4,
        ("CN",),
        "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞",
        "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 林 郭 何 高 罗",
        " ",
        True,
    ),
    "korean": (
        2,
        ("KR",),
        "민준 서연 도윤 지우 예준 하은 주원 서현 지훈 수빈 현우 지민",
        "김 이 박 최 정 강 조 윤 장 임 한 오",
        " ",
        True,
    ),
    "thai": (
        1,
        ("TH",),
        "สมชาย สมหญิง ประเสริฐ มาลี วิชัย อรทัย กิตติ สุนีย์",
        "ศรี วงศ์ ทอง บุญ รัตน จันทร์",
        "สวัสดิ์ สุข ประเสริฐ เจริญ มงคล วัฒนา",
        False,
    ),
    "hindi": (
        2,
        ("IN",),
        "अमित अनीता दीपक गीता करण मीना नितिन प्रिया राहुल सुनीता विजय",
        "अग्र गुप् चत शर् सिन् मिश् पाण् वर्",
        "वाल ता र्वेदी मा हा रा डेय",
        False,
    ),
}

# Per country: (prefix, how a subscriber number is written after it). `#` is any
# digit, `*` any but 0. Each pattern is a range in use for mobiles.
PHONES = {
    "GB": ("+44", "7400 ######"),
    "US": ("+1", "212-555-####"),
    "AU": ("+61", "412 ### ###"),
    "DE": ("+49", "1512 #######"),
    "AT": ("+43", "664 #######"),
    "CH": ("+41", "78 ### ## ##"),
    "FR": ("+33", "6 12 ## ## ##"),
    "BE": ("+32", "470 ## ## ##"),
    "ES": ("+34", "612 ## ## ##"),
    "MX": ("+52", "222 123 ####"),
    "SE": ("+46", "70 ### ## ##"),
    "NO": ("+47", "40 6# ## ##"),
    "PL": ("+48", "512 ### ###"),
    "RU": ("+7", "912 ###-##-##"),
    "GR": ("+30", "691 234 ####"),
    "EG": ("+20", "10 0123####"),
    "AE": ("+971", "50 *## ####"),
    "IL": ("+972", "50-*##-####"),
    "JP": ("+81", "90-1*##-####"),
    "CN": ("+86", "131 #### ####"),
    "KR": ("+82", "10-2###-####"),
    "TH": ("+66", "81 *## ####"),
    "IN": ("+91", "81234 #####"),
}

NOUNS = "Reef Wreck Blue Deep Coral Nautilus Manta Seahorse Atoll Lagoon".split()
TRADES = "Divers Travel Charters Club School Adventures Tours Resort".split()


def _ascii(text):
    """Return the ASCII letters of ``text``, or nothing for another script."""
    text = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in text if c.isascii() and c.isalnum())


def phone(rng, country):
    """Return a number as people write it internationally, and its E.164 form."""
    prefix, pattern = PHONES[country]
    number = "".join(
        rng.choice("0123456789")
        if c == "#"
        else rng.choice("23456789")
        if c == "*"
        else c
        for c in pattern
    )
    written = f"{prefix} {number}"
    return written, "+" + "".join(c for c in written if c.isdigit())


def _person(rng, script):
    """Return (full name, given name, family name) in one script."""
    _share, _countries, given, starts, ends, family_first = SCRIPTS[script]
    first = rng.choice(given.split())
    last = rng.choice(starts.split()) + rng.choice(ends.split() or [""])
    if rng.random() < 0.1:
        joint = " " if script in ("arabic", "chinese", "japanese", "korean") else "-"
        ends_2 = rng.choice(ends.split() or [""])
        last = f"{last}{joint}{rng.choice(starts.split())}{ends_2}"
    if rng.random() < 0.15:
        first = f"{first} {rng.choice(given.split())}"
    full = f"{last} {first}" if family_first else f"{first} {last}"
    return full, first, last


def people(count, seed=19):
    """Yield ``count`` dicts: ``n, name, email, phone, e164, country, kind, customer``.

    ``kind`` is ``company``, ``contact`` (of the last company) or ``person``; half of
    all, persons only, are marked ``customer``. Mail addresses are unique.
    """
    rng = random.Random(seed)
    scripts = list(SCRIPTS)
    shares = [SCRIPTS[script][0] for script in scripts]
    company = None
    for n in range(count):
        script = rng.choices(scripts, shares)[0]
        country = rng.choice(SCRIPTS[script][1])
        full, first, last = _person(rng, script)
        written, e164 = phone(rng, country)
        draw = rng.random()
        kind = "person"
        if draw < 0.03 or (draw < 0.1 and company is None):
            kind = "company"
            company = n
            full = f"{last} {rng.choice(NOUNS)} {rng.choice(TRADES)}"
        elif draw < 0.1:
            kind = "contact"
        local = ".".join(filter(None, (_ascii(first.split()[0]), _ascii(last))))
        domain = rng.choice(("example.org", "example.com", "example.net"))
        yield {
            "n": n,
            "name": full,
            "email": f"{local or 'diver'}.{n}@{domain}",
            "phone": written if rng.random() < 0.85 else None,
            "e164": e164,
            "country": country,
            "kind": kind,
            "parent": company if kind == "contact" else None,
            "customer": kind == "person" and draw >= 0.5,
        }
