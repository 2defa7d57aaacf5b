namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// The script of each character (Unicode 14.0.0, Scripts.txt), as far as it matters to where a text is cut: the Japanese syllabaries count as
/// Han, which they are mixed with, and what is not assigned as the script that it lies within.
/// </summary>
internal static class ScriptData
{
    /// <summary>"first-last=script", the characters in hexadecimal and ascending; what is between two ranges has no script.</summary>
    public const string Ranges = """
        0-40=Common 41-5A=Latin 5B-60=Common 61-7A=Latin 7B-A9=Common AA=Latin AB-B9=Common BA=Latin BB-BF=Common C0-D6=Latin D7=Common D8-F6=Latin F7=Common
        F8-2B8=Latin 2B9-2DF=Common 2E0-2E4=Latin 2E5-2E9=Common 2EA-2EB=Bopomofo 2EC-2FF=Common 300-36F=Inherited 370-373=Greek 374=Common 375-37D=Greek
        37E=Common 37F-384=Greek 385=Common 386=Greek 387=Common 388-3E1=Greek 3E2-3EF=Coptic 3F0-3FF=Greek 400-484=Cyrillic 485-486=Inherited
        487-52F=Cyrillic 531-58F=Armenian 591-5F4=Hebrew 600-604=Arabic 605=Common 606-60B=Arabic 60C=Common 60D-61A=Arabic 61B=Common 61C-61E=Arabic
        61F=Common 620-63F=Arabic 640=Common 641-64A=Arabic 64B-655=Inherited 656-66F=Arabic 670=Inherited 671-6DC=Arabic 6DD=Common 6DE-6FF=Arabic
        700-74F=Syriac 750-77F=Arabic 780-7B1=Thaana 7C0-7FF=Nko 800-83E=Samaritan 840-85E=Mandaic 860-86A=Syriac 870-8E1=Arabic 8E2=Common 8E3-8FF=Arabic
        900-950=Devanagari 951-954=Inherited 955-963=Devanagari 964-965=Common 966-97F=Devanagari 980-9FE=Bengali A01-A76=Gurmukhi A81-AFF=Gujarati
        B01-B77=Oriya B82-BFA=Tamil C00-C7F=Telugu C80-CF2=Kannada D00-D7F=Malayalam D81-DF4=Sinhala E01-E3A=Thai E3F=Common E40-E5B=Thai E81-EDF=Lao
        F00-FD4=Tibetan FD5-FD8=Common FD9-FDA=Tibetan 1000-109F=Myanmar 10A0-10FA=Georgian 10FB=Common 10FC-10FF=Georgian 1100-11FF=Hangul 1200-1399=Ethiopic
        13A0-13FD=Cherokee 1400-167F=CanadianAboriginal 1680-169C=Ogham 16A0-16EA=Runic 16EB-16ED=Common 16EE-16F8=Runic 1700-171F=Tagalog 1720-1734=Hanunoo
        1735-1736=Common 1740-1753=Buhid 1760-1773=Tagbanwa 1780-17F9=Khmer 1800-1801=Mongolian 1802-1803=Common 1804=Mongolian 1805=Common
        1806-18AA=Mongolian 18B0-18F5=CanadianAboriginal 1900-194F=Limbu 1950-1974=TaiLe 1980-19DF=NewTaiLue 19E0-19FF=Khmer 1A00-1A1F=Buginese
        1A20-1AAD=TaiTham 1AB0-1ACE=Inherited 1B00-1B7E=Balinese 1B80-1BBF=Sundanese 1BC0-1BFF=Batak 1C00-1C4F=Lepcha 1C50-1C7F=OlChiki 1C80-1C88=Cyrillic
        1C90-1CBF=Georgian 1CC0-1CC7=Sundanese 1CD0-1CD2=Inherited 1CD3=Common 1CD4-1CE0=Inherited 1CE1=Common 1CE2-1CE8=Inherited 1CE9-1CEC=Common
        1CED=Inherited 1CEE-1CF3=Common 1CF4=Inherited 1CF5-1CF7=Common 1CF8-1CF9=Inherited 1CFA=Common 1D00-1D25=Latin 1D26-1D2A=Greek 1D2B=Cyrillic
        1D2C-1D5C=Latin 1D5D-1D61=Greek 1D62-1D65=Latin 1D66-1D6A=Greek 1D6B-1D77=Latin 1D78=Cyrillic 1D79-1DBE=Latin 1DBF=Greek 1DC0-1DFF=Inherited
        1E00-1EFF=Latin 1F00-1FFE=Greek 2000-200B=Common 200C-200D=Inherited 200E-2070=Common 2071=Latin 2074-207E=Common 207F=Latin 2080-208E=Common
        2090-209C=Latin 20A0-20C0=Common 20D0-20F0=Inherited 2100-2125=Common 2126=Greek 2127-2129=Common 212A-212B=Latin 212C-2131=Common 2132=Latin
        2133-214D=Common 214E=Latin 214F-215F=Common 2160-2188=Latin 2189-27FF=Common 2800-28FF=Braille 2900-2BFF=Common 2C00-2C5F=Glagolitic 2C60-2C7F=Latin
        2C80-2CFF=Coptic 2D00-2D2D=Georgian 2D30-2D7F=Tifinagh 2D80-2DDE=Ethiopic 2DE0-2DFF=Cyrillic 2E00-2E5D=Common 2E80-2FD5=Han 2FF0-3004=Common 3005=Han
        3006=Common 3007=Han 3008-3020=Common 3021-3029=Han 302A-302D=Inherited 302E-302F=Hangul 3030-3037=Common 3038-303B=Han 303C-303F=Common 3041-3096=Han
        3099-309A=Inherited 309B-309C=Common 309D-309F=Han 30A0=Common 30A1-30FA=Han 30FB-30FC=Common 30FD-30FF=Han 3105-312F=Bopomofo 3131-318E=Hangul
        3190-319F=Common 31A0-31BF=Bopomofo 31C0-31E3=Common 31F0-31FF=Han 3200-321E=Hangul 3220-325F=Common 3260-327E=Hangul 327F-32CF=Common 32D0-32FE=Han
        32FF=Common 3300-3357=Han 3358-33FF=Common 3400-4DBF=Han 4DC0-4DFF=Common 4E00-9FFF=Han A000-A4C6=Yi A4D0-A4FF=Lisu A500-A62B=Vai A640-A69F=Cyrillic
        A6A0-A6F7=Bamum A700-A721=Common A722-A787=Latin A788-A78A=Common A78B-A7FF=Latin A800-A82C=SylotiNagri A830-A839=Common A840-A877=PhagsPa
        A880-A8D9=Saurashtra A8E0-A8FF=Devanagari A900-A92D=KayahLi A92E=Common A92F=KayahLi A930-A95F=Rejang A960-A97C=Hangul A980-A9CD=Javanese A9CF=Common
        A9D0-A9DF=Javanese A9E0-A9FE=Myanmar AA00-AA5F=Cham AA60-AA7F=Myanmar AA80-AADF=TaiViet AAE0-AAF6=MeeteiMayek AB01-AB2E=Ethiopic AB30-AB5A=Latin
        AB5B=Common AB5C-AB64=Latin AB65=Greek AB66-AB69=Latin AB6A-AB6B=Common AB70-ABBF=Cherokee ABC0-ABF9=MeeteiMayek AC00-D7FB=Hangul F900-FAD9=Han
        FB00-FB06=Latin FB13-FB17=Armenian FB1D-FB4F=Hebrew FB50-FD3D=Arabic FD3E-FD3F=Common FD40-FDFF=Arabic FE00-FE0F=Inherited FE10-FE19=Common
        FE20-FE2D=Inherited FE2E-FE2F=Cyrillic FE30-FE6B=Common FE70-FEFC=Arabic FEFF-FF20=Common FF21-FF3A=Latin FF3B-FF40=Common FF41-FF5A=Latin
        FF5B-FF65=Common FF66-FF6F=Han FF70=Common FF71-FF9D=Han FF9E-FF9F=Common FFA0-FFDC=Hangul FFE0-FFFD=Common 10000-100FA=LinearB 10100-1013F=Common
        10140-1018E=Greek 10190-1019C=Common 101A0=Greek 101D0-101FC=Common 101FD=Inherited 10280-1029C=Lycian 102A0-102D0=Carian 102E0=Inherited
        102E1-102FB=Common 10300-1032F=OldItalic 10330-1034A=Gothic 10350-1037A=OldPermic 10380-1039F=Ugaritic 103A0-103D5=OldPersian 10400-1044F=Deseret
        10450-1047F=Shavian 10480-104A9=Osmanya 104B0-104FB=Osage 10500-10527=Elbasan 10530-1056F=CaucasianAlbanian 10570-105BC=Vithkuqi 10600-10767=LinearA
        10780-107BA=Latin 10800-1083F=Cypriot 10840-1085F=ImperialAramaic 10860-1087F=Palmyrene 10880-108AF=Nabataean 108E0-108FF=Hatran
        10900-1091F=Phoenician 10920-1093F=Lydian 10980-1099F=MeroiticHieroglyphs 109A0-109FF=MeroiticCursive 10A00-10A58=Kharoshthi
        10A60-10A7F=OldSouthArabian 10A80-10A9F=OldNorthArabian 10AC0-10AF6=Manichaean 10B00-10B3F=Avestan 10B40-10B5F=InscriptionalParthian
        10B60-10B7F=InscriptionalPahlavi 10B80-10BAF=PsalterPahlavi 10C00-10C48=OldTurkic 10C80-10CFF=OldHungarian 10D00-10D39=HanifiRohingya
        10E60-10E7E=Arabic 10E80-10EB1=Yezidi 10F00-10F27=OldSogdian 10F30-10F59=Sogdian 10F70-10F89=OldUyghur 10FB0-10FCB=Chorasmian 10FE0-10FF6=Elymaic
        11000-1107F=Brahmi 11080-110CD=Kaithi 110D0-110F9=SoraSompeng 11100-11147=Chakma 11150-11176=Mahajani 11180-111DF=Sharada 111E1-111F4=Sinhala
        11200-1123E=Khojki 11280-112A9=Multani 112B0-112F9=Khudawadi 11300-11339=Grantha 1133B=Inherited 1133C-11374=Grantha 11400-11461=Newa
        11480-114D9=Tirhuta 11580-115DD=Siddham 11600-11659=Modi 11660-1166C=Mongolian 11680-116C9=Takri 11700-11746=Ahom 11800-1183B=Dogra
        118A0-118FF=WarangCiti 11900-11959=DivesAkuru 119A0-119E4=Nandinagari 11A00-11A47=ZanabazarSquare 11A50-11AA2=Soyombo 11AB0-11ABF=CanadianAboriginal
        11AC0-11AF8=PauCinHau 11C00-11C6C=Bhaiksuki 11C70-11CB6=Marchen 11D00-11D59=MasaramGondi 11D60-11DA9=GunjalaGondi 11EE0-11EF8=Makasar 11FB0=Lisu
        11FC0-11FFF=Tamil 12000-12543=Cuneiform 12F90-12FF2=CyproMinoan 13000-13438=EgyptianHieroglyphs 14400-14646=AnatolianHieroglyphs 16800-16A38=Bamum
        16A40-16A6F=Mro 16A70-16AC9=Tangsa 16AD0-16AF5=BassaVah 16B00-16B8F=PahawhHmong 16E40-16E9A=Medefaidrin 16F00-16F9F=Miao 16FE0=Tangut 16FE1=Nushu
        16FE2-16FE3=Han 16FE4=KhitanSmallScript 16FF0-16FF1=Han 17000-18AFF=Tangut 18B00-18CD5=KhitanSmallScript 18D00-18D08=Tangut 1AFF0-1B167=Han
        1B170-1B2FB=Nushu 1BC00-1BC9F=Duployan 1BCA0-1BCA3=Common 1CF00-1CF46=Inherited 1CF50-1D166=Common 1D167-1D169=Inherited 1D16A-1D17A=Common
        1D17B-1D182=Inherited 1D183-1D184=Common 1D185-1D18B=Inherited 1D18C-1D1A9=Common 1D1AA-1D1AD=Inherited 1D1AE-1D1EA=Common 1D200-1D245=Greek
        1D2E0-1D7FF=Common 1D800-1DAAF=SignWriting 1DF00-1DF1E=Latin 1E000-1E02A=Glagolitic 1E100-1E14F=NyiakengPuachueHmong 1E290-1E2AE=Toto
        1E2C0-1E2FF=Wancho 1E7E0-1E7FE=Ethiopic 1E800-1E8D6=MendeKikakui 1E900-1E95F=Adlam 1EC71-1ED3D=Common 1EE00-1EEF1=Arabic 1F000-1F1FF=Common 1F200=Han
        1F201-1FBF9=Common 20000-3134A=Han E0001-E007F=Common E0100-E01EF=Inherited
        """;
}
