import Linkage
import Testing

struct NormalisedNameTests {
    static let middleDots = [
        "\u{B7}", "\u{2022}", "\u{2027}", "\u{2219}", "\u{22C5}", "\u{30FB}", "\u{FF65}",
        "\u{2E33}",
        "\u{25CF}",
    ]

    @Test(
        "All nine characters that systems write between the parts of a name are one",
        arguments: middleDots)
    func middleDotsAreOne(dot: String) {
        #expect(NormalisedName("阿卜杜拉\(dot)买买提") == NormalisedName("阿卜杜拉·买买提"))
        #expect(NormalisedName("阿卜杜拉\(dot)买买提") != NormalisedName("阿卜杜拉买买提"))
    }

    @Test("A full stop or a hyphen between the parts is another name, which a person decides")
    func otherSeparatorsDiffer() {
        for separator in [".", "-", "．", "、", "。"] {
            #expect(NormalisedName("艾山\(separator)吐尔逊") != NormalisedName("艾山·吐尔逊"))
        }
    }

    @Test("Full-width letters and either case are the same name")
    func widthAndCase() {
        #expect(NormalisedName("ＺＨＡＮＧ　Ｓａｎ") == NormalisedName("zhang san"))
        #expect(NormalisedName("Zhang San") == NormalisedName("ZHANGSAN"))
        #expect(NormalisedName("０１") == NormalisedName("01"))
    }

    @Test(
        "Spaces, controls and invisible marks within a name say nothing",
        arguments: [
            " ", "\u{3000}", "\u{A0}", "\t", "\r\n", "\u{200B}", "\u{FEFF}", "\u{0}", "\u{7F}",
            "\u{9F}",
            "\u{85}",
        ])
    func invisible(mark: String) {
        #expect(NormalisedName("张\(mark)三") == NormalisedName("张三"))
        #expect(NormalisedName("\(mark)张三\(mark)") == NormalisedName("张三"))
    }

    @Test("Variant characters and another order are other names")
    func variantsDiffer() {
        #expect(NormalisedName("张叁") != NormalisedName("张三"))
        #expect(NormalisedName("張三") != NormalisedName("张三"))
        #expect(NormalisedName("三张") != NormalisedName("张三"))
    }

    @Test("A name of nothing but blanks is empty, and normalising twice changes nothing")
    func emptyAndStable() {
        #expect(NormalisedName(" \u{3000}\t").isEmpty)
        #expect(!NormalisedName("·").isEmpty)
        for text in ["ＡＢ・ｃ", "买买提 ●艾力", "Ａ"] {
            let once = NormalisedName(text)
            #expect(once == NormalisedName(text + " "))
        }
    }

    @Test("A name never prints itself")
    func printsNothing() {
        let name = NormalisedName("张三丰")
        #expect("\(name)" == "<redacted>")
        #expect(!String(reflecting: name).contains("张"))
        var dumped = ""
        dump(name, to: &dumped)
        #expect(!dumped.contains("张") && !dumped.contains("U+"))
    }
}
