import Testing

@testable import Inkling

/// What is made of the characters that a terminal sends.
struct InputDecoderTests {
    /// The keys among some characters; once no more waits, Escape is "E".
    private func keys(_ text: String, _ decoder: inout InputDecoder) -> String {
        var keys = ""
        for scalar in text.unicodeScalars {
            guard let key = decoder.take(scalar.value), let scalar = Unicode.Scalar(key) else { continue }
            keys.unicodeScalars.append(scalar)
        }
        return (keys + (decoder.takeEscape() ? "E" : "")).replacing("\u{1B}", with: "e")
    }

    private func keys(_ text: String) -> String {
        var decoder = InputDecoder()
        return keys(text, &decoder)
    }

    @Test func sequencesAreNoKeys() {
        for (text, expected) in [
            ("aé\r\u{7F}", "aé\r\u{7F}"), ("\u{1B}", "E"), ("\u{1B}\u{1B}", "eE"), ("a\u{1B}xb", "ab"),
            ("\u{1B}[Ia", "a"), ("\u{1B}[1;5Da", "a"), ("\u{1B}[1;5~a", "a"), ("\u{1B}[?62;1ca", "a"),
            ("\u{1B}OPa", "a"), ("\u{1B}O[a", "a"), ("\u{1B}NAa", "a"), ("\u{1B}[9\u{1B}[1ma", "a"),
            ("\u{1B}]0;title\u{7}a", "a"), ("\u{1B}]0;title\u{1B}\\a", "a"), ("\u{1B}P1$r\u{1B}\\a", "a"),
            ("\u{1B}X1\u{1B}\\a", "a"), ("\u{1B}^1\u{1B}\\a", "a"), ("\u{1B}_1\u{1B}\\a", "a"),
            // A string that is broken off ends with what follows its escape.
            ("\u{1B}]0\u{1B}[1ma", "1ma"), ("\u{1B}]0\u{1B}\u{1B}[1ma", "a"), ("\u{1B}]0\u{1B}xa", "a"),
        ] {
            #expect(keys(text) == expected, "\(text.debugDescription)")
        }
        var decoder = InputDecoder()
        #expect(decoder.take(0xD800) == nil && decoder.take(0x110000) == nil, "no characters")
        #expect(keys("\u{1B}[", &decoder).isEmpty)
        decoder.passOver()
        #expect(keys("A", &decoder) == "A", "curses has read a key itself")
    }

    /// Longer than any sequence it is noise, and what follows counts again.
    @Test func sequencesHaveAnEnd() {
        #expect(keys("\u{1B}[" + String(repeating: "1", count: 64) + "Aa") == "a")
        #expect(keys("\u{1B}[" + String(repeating: "1", count: 65) + "Aa") == "Aa")
    }

    @Test func answersAreTakenOnce() {
        func answer(_ text: String) -> String? {
            var decoder = InputDecoder()
            #expect(keys(text, &decoder).isEmpty)
            let answer = decoder.takeAnswer()
            #expect(decoder.takeAnswer() == nil)
            return answer
        }
        #expect(answer("\u{1B}]11;rgb:1/2/3\u{7}") == "11;rgb:1/2/3")
        #expect(answer("\u{1B}]11;rgb:1/2/3\u{1B}\\") == "11;rgb:1/2/3")
        #expect(answer("\u{1B}P11;rgb:1/2/3\u{1B}\\") == nil, "not that of a system command")
        #expect(answer("\u{1B}]" + String(repeating: "x", count: 99) + "\u{7}")?.count == 64, "its beginning")
        #expect(answer("\u{1B}[200~\u{1B}]11;rgb:1/2/3\u{7}") == nil, "pasted")
    }

    @Test func pastedTextIsHandedOutWhole() {
        var decoder = InputDecoder()
        #expect(!decoder.isPasting && keys("a\u{1B}[200~b\rc", &decoder) == "a")
        #expect(decoder.isPasting && decoder.takePaste() == nil)
        // Escape sequences in it are left out, and so is the key.
        #expect(keys("\u{1B}[Ad\u{1B}", &decoder).isEmpty)
        #expect(keys("\u{1B}[201~e", &decoder) == "e")
        #expect(!decoder.isPasting && decoder.takePaste() == "b\rcd" && decoder.takePaste() == nil)
        #expect(keys("\u{1B}[201~", &decoder).isEmpty && decoder.takePaste() == nil, "an end without a beginning")
        let book = String(repeating: "x", count: 5000)
        #expect(keys("\u{1B}[200~\(book)\u{1B}[201~", &decoder).isEmpty && decoder.takePaste()?.count == 4096)
    }

    /// After a second without input.
    @Test func pastingEndsAlsoWithoutItsMark() async throws {
        var decoder = InputDecoder()
        #expect(keys("\u{1B}[200~b", &decoder).isEmpty)
        try await Task.sleep(for: .milliseconds(1050))
        #expect(!decoder.isPasting && keys("q", &decoder) == "q" && decoder.takePaste() == nil)
    }

    // MARK: - The terminal's background

    @Test func theBackgroundIsWhatTheTerminalSays() {
        func background(_ answer: String) -> String {
            var query = BackgroundQuery()
            let background = query.background(answer)
            #expect(query.isAnswered == (background != nil))
            return background?.rawValue ?? "none"
        }
        for (answer, expected) in [
            ("11;rgb:ffff/ffff/ffff", "light"), ("11;rgb:0000/0000/0000", "dark"), ("11;rgb:f/f/f", "light"),
            ("11;rgb:80/80/80", "light"), ("11;rgb:7f/7f/7f", "dark"), ("11;rgb:fff/0/00", "dark"),
            // The luma of each colour: 0.299, 0.587, 0.114.
            ("11;rgb:00/ff/00", "light"), ("11;rgb:ff/00/ff", "dark"), ("11;rgb:ff/5a/00", "light"),
            ("11;rgb:ff/55/00", "dark"), ("11;rgb:00/dc/00", "light"), ("11;rgb:00/d0/ff", "light"),
            ("11;rgb:00/aa/ff", "light"), ("11;rgb:00/a0/ff", "dark"), ("11;rgba:ff/ff/ff/00", "light"),
            ("10;rgb:ff/ff/ff", "none"), ("11;rgb:ff/ff", "none"), ("11;rgb:gg/ff/ff", "none"), ("11;?", "none"),
            ("11;rgb:", "none"), ("", "none"),
        ] {
            #expect(background(answer) == expected, "\(answer)")
        }
        var query = BackgroundQuery()
        #expect(query.background("11;rgb:f/f/f") == .light && query.background("11;rgb:0/0/0") == nil, "one is enough")
    }

    @Test func theAnswerIsWaitedForSoLong() {
        var query = BackgroundQuery()
        let left = query.left(of: .seconds(10))
        #expect(left.map { $0 > .seconds(9) && $0 <= .seconds(10) } ?? false)
        #expect(query.left(of: .zero) == nil && query.left(of: .seconds(-1)) == nil)
        _ = query.background("11;rgb:f/f/f")
        #expect(query.left(of: .seconds(10)) == nil, "it is there")
    }
}
