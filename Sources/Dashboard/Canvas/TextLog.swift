/// What became of the texts that were written on a grid: whether they touch each other, are cut, or are covered. Drawing
/// itself has no use for it.
struct TextLog: Sendable, Equatable {
    private struct Place: Sendable, Hashable {
        let x, y: Int
    }

    private(set) var faults: [String] = []
    /// Where texts belong while a part of the screen is drawn; nil for anywhere.
    var room: Rect?
    /// Which text the cells belong to that hold one.
    private var owners: [Place: Int] = [:]
    private var number = 0
    private var areRuns = false
    private var text: [Unicode.Scalar] = []
    private var limit = 0

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
        for (offset, character) in text.prefix(limit).enumerated() where Self.isWord(character) {
            if !(room ?? bounds).contains(x: x + offset, y: y) {
                faults.append("out of its room: \(whole)")
                break
            }
            owners[Place(x: x + offset, y: y)] = number
        }
        let words = text.prefix(limit).enumerated().filter { Self.isWord($1) }
        guard let first = words.first?.offset, let last = words.last?.offset else { return }
        for next in [first - 1, last + 1] {
            guard let other = owners[Place(x: x + next, y: y)], other != number else { continue }
            faults.append("touches another: \(whole)")
        }
    }

    /// A cell gets something else.
    mutating func cover(_ old: Cell, with new: Cell, x: Int, y: Int) {
        if "│╭╮╰╯".unicodeScalars.contains(old.character), Self.isWord(new.character) {
            faults.append("over a frame: \(new.character) of \(whole) at \(x), \(y)")
        }
        guard let owner = owners.removeValue(forKey: Place(x: x, y: y)), old.character != new.character else { return }
        faults.append("covered at \(x), \(y): \(old.character) by \(new.character), \(owner)")
    }

    mutating func forget(_ rect: Rect) {
        owners = owners.filter { !rect.contains(x: $0.key.x, y: $0.key.y) }
    }

    mutating func lose(_ text: String) { faults.append("no room for: \(text)") }

    private var whole: String { String(String.UnicodeScalarView(text)) }

    private static func isWord(_ character: Unicode.Scalar) -> Bool {
        character.properties.isAlphabetic || ("0"..."9").contains(character)
            || "%.,:…()/?".unicodeScalars.contains(character)
    }
}
