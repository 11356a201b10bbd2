import Testing

@testable import ModelFiles

/// What is read of JSON (RFC 8259), and what is said of the rest.
@Suite struct JSONScannerTests {
    /// Strings by their keys, which stand in order behind each other; or what is said, behind "expected ".
    private func strings(_ bytes: [UInt8]) -> String {
        var scanner = JSONScanner(bytes, file: "file")
        var found: [String] = []
        do throws(ModelFileError) {
            try scanner.object { scanner, key throws(ModelFileError) in
                try found.append(key + "=" + scanner.string())
            }
            try scanner.end()
            return found.joined(separator: ";")
        } catch { return "\(error.expected), found \(error.found)" }
    }

    private func strings(_ text: String) -> String { strings(Array(text.utf8)) }

    private func integers(_ text: String) -> String {
        var scanner = JSONScanner(Array(text.utf8), file: "file")
        do throws(ModelFileError) {
            let numbers = try scanner.integers()
            try scanner.end()
            return "\(numbers)"
        } catch { return "\(error.expected), found \(error.found)" }
    }

    /// Blanks, tabs, line feeds and carriage returns, and no other space.
    @Test func spaceMayStandAnywhere() {
        for space in ["", " ", "\t", "\n", "\r", " \t\n\r "] {
            let text = ["", "{", "\"a\"", ":", "\"b\"", ",", "\"c\"", ":", "\"d\"", "}", ""]
            #expect(strings(text.joined(separator: space)) == "a=b;c=d")
            #expect(strings("{\(space)}\(space)").isEmpty)
            #expect(integers(["", "[", "1", ",", "20", "]", ""].joined(separator: space)) == "[1, 20]")
            #expect(integers("[\(space)]") == "[]")
        }
        #expect(strings("{\u{b}}") == "\"\"\" at byte 1 of the JSON header, found \"\u{b}\"")
    }

    @Test func numbersAreWholeAndBelow2To63() {
        #expect(integers("[0,10,9223372036854775807]") == "[0, 10, 9223372036854775807]")
        for (text, place, found) in [
            ("[9223372036854775808]", 1, "\"9\""), ("[01]", 1, "\"0\""), ("[00]", 1, "\"0\""), ("[-1]", 1, "\"-\""),
            ("[1,]", 3, "\"]\""), ("[", 1, "the end"), ("[1,/]", 3, "\"/\""), ("[:]", 1, "\":\""),
        ] {
            #expect(integers(text) == "a whole number below 2^63 at byte \(place) of the JSON header, found \(found)")
        }
        #expect(integers("[1.5]") == "\"]\" at byte 2 of the JSON header, found \".\"")
        #expect(integers("[1 2]") == "\"]\" at byte 3 of the JSON header, found \"2\"")
        #expect(integers("{}") == "\"[\" at byte 0 of the JSON header, found \"{\"")
    }

    @Test func escapesAreThoseOfTheStandard() {
        for (escape, character) in [
            ("\\\"", "\""), ("\\\\", "\\"), ("\\/", "/"), ("\\b", "\u{8}"), ("\\f", "\u{c}"), ("\\n", "\n"),
            ("\\r", "\r"), ("\\t", "\t"), ("\\u0041", "A"), ("\\u00E9", "é"), ("\\u00e9", "é"), ("\\ufFfD", "\u{fffd}"),
            ("\\ud83d\\ude00", "😀"), ("\\u001f", "\u{1f}"),
        ] { #expect(strings("{\"a\":\"\(escape)x\"}") == "a=\(character)x", "\(escape)") }
    }

    @Test func otherStringsAreNamed() {
        for (text, words) in [
            ("{\"a", "the end of a string at byte 3 of the JSON header, found the end"),
            ("{\"a\n", "the end of a string at byte 4 of the JSON header, found a control character"),
            ("{\"\u{1f}\"", "the end of a string at byte 3 of the JSON header, found a control character"),
            ("{\"a\\", "an escape at byte 4 of the JSON header, found the end"),
            ("{\"a\\x", "an escape of JSON at byte 5 of the JSON header, found another"),
            ("{\"a\\u12", "four hexadecimal digits at byte 5 of the JSON header, found something else"),
            ("{\"a\\u123", "four hexadecimal digits at byte 5 of the JSON header, found something else"),
            ("{\"a\\u12g4", "four hexadecimal digits at byte 5 of the JSON header, found something else"),
            ("{\"a\\u+123", "four hexadecimal digits at byte 5 of the JSON header, found something else"),
            ("{\"\\ud83d\\n\"", "a character behind \\u at byte 8 of the JSON header, found half of a surrogate pair"),
            ("{\"\\ude00\"", "a character behind \\u at byte 8 of the JSON header, found half of a surrogate pair"),
        ] { #expect(strings(text) == words, "\(text)") }
        #expect(
            strings(Array("{\"a".utf8) + [0xff, 0x22])
                == "a string in UTF-8 at byte 5 of the JSON header, found other bytes")
        #expect(strings("{\" ~\u{7f}\":\"é\"}") == " ~\u{7f}=é", "no control characters of JSON")
    }

    @Test func otherTextsAreNamed() {
        for (text, words) in [
            ("", "\"{\" at byte 0 of the JSON header, found the end"),
            ("  ", "\"{\" at byte 2 of the JSON header, found the end"),
            ("~", "\"{\" at byte 0 of the JSON header, found \"~\""),
            ("\u{7f}", "\"{\" at byte 0 of the JSON header, found byte 127"),
            ("é", "\"{\" at byte 0 of the JSON header, found byte 195"),
            ("{", "\"\"\" at byte 1 of the JSON header, found the end"),
            ("{\"a\"", "\":\" at byte 4 of the JSON header, found the end"),
            ("{\"a\";", "\":\" at byte 4 of the JSON header, found \";\""),
            ("{\"a\":1", "\"\"\" at byte 5 of the JSON header, found \"1\""),
            ("{\"a\":\"b\"", "\"}\" at byte 8 of the JSON header, found the end"),
            ("{\"a\":\"b\",}", "\"\"\" at byte 9 of the JSON header, found \"}\""),
            ("{\"a\":\"b\"]", "\"}\" at byte 8 of the JSON header, found \"]\""),
            ("{} {", "the end of the header at byte 3 of the JSON header, found \"{\""),
        ] { #expect(strings(text) == words, "\(text)") }
    }
}
