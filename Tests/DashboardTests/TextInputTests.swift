import Testing

@testable import Dashboard

/// The keys that shells have for a line.
@Suite struct TextInputTests {
    /// The line after keys, the cursor as "|".
    private func line(_ text: String, _ keys: Key..., longest: Int = 100) -> String {
        var input = TextInput(text, longest: longest)
        for key in keys { input.take(key) }
        return input.head + "|" + input.text.dropFirst(input.head.count)
    }

    @Test func keysMoveAndChange() {
        #expect(line("ab", "c") == "abc|")
        #expect(line("abc", .left, .left, "x") == "ax|bc")
        #expect(line("abc", .home, .right, .right, .right, .right) == "abc|")
        #expect(line("abc", .control("a"), .left, "x") == "x|abc")
        #expect(line("abc", .home, .control("e")) == "abc|")
        #expect(line("abc", .home, .end, .backspace) == "ab|")
        #expect(line("abc", .home, .backspace, .delete) == "|bc")
        #expect(line("abc", .delete) == "abc|")
        #expect(line("abc", .left, .control("u")) == "|c")
        #expect(line("abc", .left, .control("k")) == "ab|")
        #expect(line("abc", .up, .enter, .tab, .control("x"), .pageDown) == "abc|")
    }

    /// A part of a path is a word.
    @Test func wordsGoOneByOne() {
        #expect(line("~/models/digits.npz", .control("w")) == "~/models/|")
        #expect(line("~/models/", .control("w")) == "~/|")
        #expect(line("two words ", .control("w")) == "two |")
        #expect(line("", .control("w"), .control("u"), .control("k"), .backspace) == "|")
    }

    @Test func whatIsNoTextIsLeftOut() {
        #expect(line("a\nb\u{1B}[0m\tc") == "ab[0mc|")
        #expect(line("Zürich né", .backspace, .backspace) == "Zürich |")
        #expect(line("abcdef", longest: 4) == "abcd|")
        #expect(line("abcd", .home, "x", longest: 4) == "|abcd")
    }

    /// Of a long line the part about the cursor is to be seen.
    @Test func theCursorIsInView() {
        func drawn(_ keys: Key...) -> (text: String, cursor: Int?) {
            var input = TextInput("0123456789", longest: 100)
            for key in keys { input.take(key) }
            var grid = CellGrid(width: 8, height: 1)
            input.draw(x: 1, y: 0, width: 6, .value, on: &grid)
            return (grid.text, (0..<8).first { grid[$0, 0].style.paper == .key })
        }
        #expect(drawn() == (" 56789", 6))
        #expect(drawn(.home) == (" 012345", 1))
        #expect(drawn(.left, .left) == (" 345678", 6))
    }
}
