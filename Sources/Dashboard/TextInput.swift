/// A line that is being typed, with the keys that shells have for it.
struct TextInput: Sendable, Equatable {
    private var characters: [Character] = []
    /// Where the next character comes, 0 to as many as there are.
    private var cursor = 0
    private let longest: Int

    /// - Parameter longest: in characters; what is typed or pasted beyond is left out.
    init(_ text: String = "", longest: Int) {
        self.longest = longest
        insert(text)
    }

    var text: String { String(characters) }

    /// What stands before the cursor.
    var head: String { String(characters[..<cursor]) }

    mutating func take(_ key: Key) {
        switch key {
        case .character(let scalar): insert(String(scalar))
        case .left, .control("b"): cursor = max(cursor - 1, 0)
        case .right, .control("f"): cursor = min(cursor + 1, characters.count)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace: remove(from: cursor - 1)
        case .delete, .control("d"):
            guard cursor < characters.count else { return }
            characters.remove(at: cursor)
        case .control("u"): remove(from: 0)
        case .control("k"): characters.removeLast(characters.count - cursor)
        case .control("w"): remove(from: startOfWord)
        default: break
        }
    }

    /// At the cursor, as one line: characters that are no text are left out.
    mutating func insert(_ text: String) {
        let scalars = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let new = String(String.UnicodeScalarView(scalars)).prefix(max(longest - characters.count, 0))
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    /// Puts this in the place of as many characters before the cursor.
    mutating func replace(last count: Int, with text: String) {
        remove(from: cursor - count)
        insert(text)
    }

    /// Of the word before the cursor, or of the part of a path.
    private var startOfWord: Int {
        var start = cursor
        func isBorder(_ place: Int) -> Bool { characters[place] == " " || characters[place] == "/" }
        while start > 0, isBorder(start - 1) { start -= 1 }
        while start > 0, !isBorder(start - 1) { start -= 1 }
        return start
    }

    /// Up to the cursor.
    private mutating func remove(from start: Int) {
        let start = max(start, 0)
        characters.removeSubrange(start..<cursor)
        cursor = start
    }

    /// As much as there is room for in a line, the cursor in view.
    func draw(x: Int, y: Int, width: Int, _ style: Style, on grid: inout CellGrid) {
        guard width > 0 else { return }
        let first = max(cursor - width + 1, 0)
        for column in 0..<width {
            let place = first + column
            // One cell each, whatever it is composed of.
            let scalar = place < characters.count ? characters[place].unicodeScalars.first ?? " " : " "
            grid[x + column, y] = Cell(scalar, place == cursor ? Style(.onAccent, on: .key) : style)
        }
    }
}
