/// What became of the texts that were written on a grid: whether they touch each other, are cut, or are covered. Drawing
/// itself has no use for it.
struct TextLog: Sendable, Equatable {
    private(set) var faults: [String] = []
    /// Where texts belong while a part of the screen is drawn; nil for anywhere.
    var room: Rect?
    private let bounds: Rect
    /// Which text each cell belongs to, row by row; 0 for none.
    private var owners: [Int]
    private var number = 0
    private var areRuns = false
    private var text: [Unicode.Scalar] = []
    private var limit = 0

    init(width: Int, height: Int) {
        bounds = Rect(x: 0, y: 0, width: width, height: height)
        owners = Array(repeating: 0, count: width * height)
    }

    /// Nothing beyond the edges belongs to a text.
    private subscript(x: Int, y: Int) -> Int {
        get { bounds.contains(x: x, y: y) ? owners[y * bounds.width + x] : 0 }
        set { if bounds.contains(x: x, y: y) { owners[y * bounds.width + x] = newValue } }
    }

    /// Runs that are written together are one text.
    mutating func beginRuns() { (number, areRuns) = (number + 1, true) }

    mutating func endRuns() { areRuns = false }

    mutating func begin(_ text: String, limit: Int) {
        if !areRuns { number += 1 }
        (self.text, self.limit) = (Array(text.unicodeScalars), max(limit, 0))
    }

    /// Once the text begun stands from (x, y) on.
    mutating func end(x: Int, y: Int, bounds: Rect) {
        if text.dropFirst(limit).contains(where: { $0 != " " }) { faults.append("cut: \(whole)") }
        let shown = text.prefix(limit)
        guard let first = shown.firstIndex(where: Self.isWord), let last = shown.lastIndex(where: Self.isWord) else {
            return
        }
        for offset in first...last where Self.isWord(shown[offset]) {
            if !(room ?? bounds).contains(x: x + offset, y: y) {
                faults.append("out of its room: \(whole)")
                break
            }
            self[x + offset, y] = number
        }
        for next in [first - 1, last + 1] {
            let other = self[x + next, y]
            if other != 0, other != number { faults.append("touches another: \(whole)") }
        }
    }

    /// A cell gets something else.
    mutating func cover(_ old: Cell, with new: Cell, x: Int, y: Int) {
        if Self.isFrame(old.character), Self.isWord(new.character) {
            faults.append("over a frame: \(new.character) of \(whole) at \(x), \(y)")
        }
        let owner = self[x, y]
        self[x, y] = 0
        guard owner != 0, old.character != new.character else { return }
        faults.append("covered at \(x), \(y): \(old.character) by \(new.character), \(owner)")
    }

    mutating func forget(_ rect: Rect) {
        for index in owners.indices where rect.contains(x: index % bounds.width, y: index / bounds.width) {
            owners[index] = 0
        }
    }

    mutating func lose(_ text: String) { faults.append("no room for: \(text)") }

    private var whole: String { String(String.UnicodeScalarView(text)) }

    private static func isFrame(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "│", "╭", "╮", "╰", "╯": true
        default: false
        }
    }

    private static func isWord(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "0"..."9", "A"..."Z", "a"..."z", "%", ".", ",", ":", "…", "(", ")", "/", "?": true
        // Asking Unicode takes long.
        default: !character.isASCII && character.properties.isAlphabetic
        }
    }
}
